import { Failure } from "@wasm-header-filter/cli";

/** The plugin's exports that a build uses. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  cabi_realloc(old: number, oldSize: number, align: number, size: number): number;
  "compile-src"(start: number, size: number): number;
  invoke(start: number, size: number, hasName: number, name: number, nameSize: number): void;
  "defined-callbacks"(): number;
  "dispatched-callbacks"(): number;
  "define-filter"(context: number, self: bigint, count: number, values: number): bigint;
  extended(context: number, self: bigint, count: number, values: number): bigint;
}

/** The exports, in the order of the plugin's `Callback`. */
const CALLBACKS = [
  "proxy_on_configure",
  "proxy_on_context_create",
  "proxy_on_request_headers",
  "proxy_on_request_body",
  "proxy_on_request_trailers",
  "proxy_on_response_headers",
  "proxy_on_response_body",
  "proxy_on_response_trailers",
  "proxy_on_log",
] as const;

/**
 * Compiles a script to bytecode with the plugin.
 *
 * @param plugin the initialised plugin's module
 * @param script JavaScript, one ES module without imports
 * @returns QuickJS bytecode for this plugin only
 * @throws Failure if the script is not valid JavaScript
 */
export function compile(plugin: Uint8Array, script: string): Uint8Array {
  const { exports } = start(plugin);
  const source = new TextEncoder().encode(script);
  const answer = exports["compile-src"](place(exports, source), source.length);
  const [failed, at, size] = new Uint32Array(exports.memory.buffer, answer, 3) as unknown as [number, number, number];
  const bytes = new Uint8Array(exports.memory.buffer, at, size).slice();
  if (failed) throw new Failure(`the filter's script does not compile: ${new TextDecoder().decode(bytes)}`);
  return bytes;
}

/**
 * Defines the filter as a proxy does when it starts a VM, and asks which callbacks it has.
 *
 * @param plugin the initialised plugin's module
 * @param bytecode the script, compiled by that plugin
 * @param dispatched whether the script has a dispatcher
 * @returns the names of the callbacks to export, and what the script's dispatcher says of them, as bits
 * @throws Failure with the script's exception, or the host function that it called too early
 */
export function defined(
  plugin: Uint8Array,
  bytecode: Uint8Array,
  dispatched: boolean,
): { callbacks: string[]; dispatched: number } {
  const { exports, complaints } = start(plugin, dispatched ? "extended" : "define-filter");
  try {
    exports.invoke(place(exports, bytecode), bytecode.length, 0, 0, 0);
  } catch (error) {
    throw new Failure("the filter can't be defined", { cause: complaints.join("").trim() || error });
  }
  const bits = exports["defined-callbacks"]();
  return {
    callbacks: CALLBACKS.filter((_, bit) => (bits >> bit) & 1),
    dispatched: exports["dispatched-callbacks"](),
  };
}

/** Puts bytes into the plugin's memory. */
function place(exports: Exports, bytes: Uint8Array): number {
  const at = exports.cabi_realloc(0, 0, 1, bytes.length);
  new Uint8Array(exports.memory.buffer, at, bytes.length).set(bytes);
  return at;
}

/** Starts the plugin without a proxy, as a script's module connects it. Time and random numbers are constant, so that the result is always the same. */
function start(
  bytes: Uint8Array,
  definer: "define-filter" | "extended" = "define-filter",
): { exports: Exports; complaints: string[] } {
  const module = new WebAssembly.Module(bytes);
  const complaints: string[] = [];
  const imports: Record<string, Record<string, unknown>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] = {
      ...imports[from],
      [name]: () => {
        if (from !== "env") return 0;
        throw new Failure(`${name} called while the filter is made: it has to wait for onConfigure`);
      },
    };
  }
  const instance = new WebAssembly.Instance(module, {
    ...imports,
    env: { ...imports.env, proxy_log: say },
    "filter-javy-script": { define: (...given: [number, bigint, number, number]) => exports[definer](...given) },
    wasi_snapshot_preview1: { ...imports.wasi_snapshot_preview1, fd_write: write, environ_sizes_get: noEnvironment },
  });
  const exports = instance.exports as unknown as Exports;
  const text = (at: number, size: number) => new TextDecoder().decode(new Uint8Array(exports.memory.buffer, at, size));

  function say(_level: number, at: number, size: number): number {
    complaints.push(`${text(at, size)}\n`);
    return 0;
  }

  function noEnvironment(count: number, size: number): number {
    const memory = new DataView(exports.memory.buffer);
    memory.setUint32(count, 0, true);
    memory.setUint32(size, 0, true);
    return 0;
  }

  function write(_fd: number, vectors: number, count: number, written: number): number {
    const memory = new DataView(exports.memory.buffer);
    let total = 0;
    for (let vector = vectors; vector < vectors + 8 * count; vector += 8) {
      const size = memory.getUint32(vector + 4, true);
      complaints.push(text(memory.getUint32(vector, true), size));
      total += size;
    }
    memory.setUint32(written, total, true);
    return 0;
  }

  return { exports, complaints };
}
