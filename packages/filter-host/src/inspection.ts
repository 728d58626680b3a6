import { CALLBACKS, callbackOf } from "./abi/callbacks.ts";
import { type AbiVersion, abiMarker, abiOf } from "./abi/version.ts";
import { findHostFunction } from "./link.ts";
import {
  type FunctionType,
  readInterface,
  type WasmExport,
  type WasmImport,
  type WasmInterface,
} from "./wasm-binary.ts";

/** Something about a module that a user must mend (`error`) or had better know (`warning`). */
export interface Finding {
  readonly rule: string;
  readonly level: "error" | "warning";
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
}

/** A module that can be instantiated. */
export interface WasmModule {
  readonly compiled: WebAssembly.Module;
  readonly abi: AbiVersion;
  /** The export that gives memory to the host: `malloc` before `proxy_on_memory_allocate`, as in Envoy. */
  readonly allocator: string;
  readonly imports: readonly WasmImport[];
  readonly exports: readonly WasmExport[];
}

export interface Inspection {
  /** Undefined if there is an error among the findings. */
  readonly module: WasmModule | undefined;
  readonly findings: readonly Finding[];
  /** What the module imports and exports; undefined if it can't be read. */
  readonly interface: WasmInterface | undefined;
  readonly abi: string | undefined;
}

const ALLOCATORS = ["malloc", "proxy_on_memory_allocate"];
const CORE = Buffer.from("0061736d01000000", "hex");
const COMPONENT = Buffer.from("0061736d0d000100", "hex");

/**
 * Looks a module over as Envoy 1.40 does when it loads it (proxy-wasm-cpp-host, src/wasm.cc, load and initialize; src/v8/v8.cc, link).
 *
 * @param bytes the module
 */
export function inspect(bytes: Uint8Array): Inspection {
  const unreadable = (finding: Finding): Inspection => ({
    module: undefined,
    findings: [finding],
    interface: undefined,
    abi: undefined,
  });
  const format = formatError(bytes);
  if (format) return unreadable(format);
  let compiled: WebAssembly.Module;
  let wasm: WasmInterface;
  try {
    compiled = new WebAssembly.Module(bytes);
    wasm = readInterface(bytes);
  } catch (error) {
    const reason = (error as Error).message.replace(/^WebAssembly\.Module\(\): /, "");
    return unreadable(
      fault(
        "valid",
        `not a valid module: ${reason}`,
        "Envoy does not load it",
        "build it again; check the file with wasm-validate",
      ),
    );
  }
  const abi = abiOf(wasm.exports);
  const allocator = ALLOCATORS.find((name) => wasm.exports.some((one) => one.name === name));
  const exported = new Set(wasm.exports.map(({ name }) => name));
  const findings = [
    ...abiFindings(wasm, abi),
    ...(allocator ? [] : [NO_ALLOCATOR]),
    ...(hasMemory(wasm) ? [] : [NO_MEMORY]),
    ...wasm.imports.flatMap((one) => importFindings(one, abi ?? "0.2.1")),
    ...wasm.exports.flatMap((one) => exportFindings(one, abi ?? "0.2.1", exported)),
  ];
  const sound = abi && allocator && !findings.some(({ level }) => level === "error");
  return { module: sound ? { compiled, abi, allocator, ...wasm } : undefined, findings, interface: wasm, abi };
}

const fault = (rule: string, what: string, why: string, remedy: string): Finding => ({
  rule,
  level: "error",
  what,
  why,
  remedy,
});

const NO_ALLOCATOR = fault(
  "allocator",
  "exports neither malloc nor proxy_on_memory_allocate",
  "the host could hand over no header and no configuration",
  "export one of them: a function that takes a size and returns a pointer",
);

const NO_MEMORY = fault("memory", "exports no memory", "the host could exchange nothing with it", "export its memory");

function formatError(bytes: Uint8Array): Finding | undefined {
  const head = Buffer.from(bytes.subarray(0, 8));
  if (head.equals(CORE)) return undefined;
  if (head.equals(COMPONENT)) {
    return fault("format", "is a component", "Envoy loads core modules only", "lower it to a core module first");
  }
  const text = head.subarray(0, 4).equals(CORE.subarray(0, 4))
    ? "is of an unknown WebAssembly version"
    : "is no WebAssembly";
  return fault(
    "format",
    text,
    "Envoy does not load it",
    "expected a core module, which begins with 00 61 73 6d 01 00 00 00",
  );
}

function abiFindings({ exports }: WasmInterface, abi: string | undefined): Finding[] {
  if (abi) return [];
  const other = exports.find(({ name, kind }) => kind === "function" && name.startsWith("proxy_abi_version_"));
  const what = other ? `asks for an unsupported ABI by exporting ${other.name}` : "has no Proxy-Wasm ABI marker";
  const known = ["0.2.0", "0.2.1"].map(abiMarker).join(" or ");
  return [fault("abi", what, "the host can't know how to talk to it", `export an empty function ${known}`)];
}

const hasMemory = ({ imports, exports }: WasmInterface): boolean =>
  [...imports, ...exports].some(({ kind }) => kind === "memory");

const sameTypes = (left: FunctionType, right: FunctionType): boolean => signature(left) === signature(right);

/** A function's type as `(i32 i32) -> i32`. */
function signature({ parameters, results }: FunctionType): string {
  return `(${parameters.join(" ")}) -> ${results.join(" ") || "nothing"}`;
}

function importFindings({ module, name, kind, type }: WasmImport, abi: AbiVersion): Finding[] {
  if (kind === "memory" || kind === "table") return [];
  const known = kind === "function" ? findHostFunction(module, name, abi) : undefined;
  if (!known || !type) {
    const remedy = /^(abort|seed|trace|console\.log)$/.test(name)
      ? "compile AssemblyScript with `--use abort=` and the like, so that it needs no host for it"
      : "remove what needs it, or let the toolchain stub it out";
    return [
      fault(
        "imports",
        `imports ${module}.${name}, which Envoy does not have under ABI ${abi}`,
        "it does not load: missing import",
        remedy,
      ),
    ];
  }
  if (sameTypes(type, known.type)) return [];
  const types = `${module}.${name} as ${signature(type)}, but it is ${signature(known.type)}`;
  return [
    fault(
      "imports",
      `imports ${types}`,
      "it does not load: import type mismatch",
      "declare the import with the ABI's own type",
    ),
  ];
}

function exportFindings({ name, kind, type }: WasmExport, abi: AbiVersion, exported: ReadonlySet<string>): Finding[] {
  const callback = callbackOf(name, abi, exported);
  if (!callback) {
    if (!/^proxy_(on|validate)_/.test(name) || CALLBACKS.some((one) => one.name === name)) return [];
    const what = `exports ${name}, which no host calls`;
    return [
      {
        rule: "exports",
        level: "warning",
        what,
        why: "it never runs",
        remedy: "check its name against the ABI, or remove it",
      },
    ];
  }
  // Envoy passes over what is no function, whatever its name.
  if (kind !== "function" || !type) return [];
  const expected = { parameters: callback.parameters.map(() => "i32" as const), results: callback.results };
  if (sameTypes(type, expected)) return [];
  return [
    fault(
      "exports",
      `exports ${name} as ${signature(type)}, but it is ${signature(expected)}`,
      "it does not load: bad function signature",
      "give it the ABI's own type",
    ),
  ];
}
