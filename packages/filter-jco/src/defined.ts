import { Failure } from "@wasm-header-filter/cli";

/** The host functions that a filter's definition may call: to log why it fails, and to read the time. */
const LOG = "proxy_log";
const TIME = "proxy_get_current_time_nanoseconds";

/**
 * Asks a filter which callbacks it defines, by running its definition as the first callback in a VM does.
 *
 * @param module the lowered module with the adapter's `defined_callbacks`
 * @returns bits, as in `callbacks.ts`
 * @throws Failure if the filter's definition fails, with what it logged, or calls the proxy
 */
export function definedCallbacks(module: Uint8Array): number {
  const compiled = new WebAssembly.Module(Uint8Array.from(module));
  const logged: string[] = [];
  const called = new Set<string>();
  const imports: Record<string, Record<string, unknown>> = {};
  for (const { module, name } of WebAssembly.Module.imports(compiled)) {
    imports[module] ??= {};
    imports[module][name] = (...args: number[]) => {
      called.add(name);
      if (name === LOG) logged.push(Buffer.from(exports.memory.buffer, args[1], args[2]).toString());
      return 0;
    };
  }
  const instance = new WebAssembly.Instance(compiled, imports);
  const exports = instance.exports as { memory: WebAssembly.Memory; defined_callbacks(): number };
  const bits = exports.defined_callbacks();
  const early = [...called].find((name) => name.startsWith("proxy_") && ![TIME, LOG].includes(name));
  if (early) throw new Failure(`${early} called while the filter is made: it has to wait for onConfigure`);
  if (bits === 0) throw new Failure(`the filter can't be defined: ${logged.join(" ")}`);
  return bits;
}
