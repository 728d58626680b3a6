import { Failure } from "@wasm-header-filter/cli";

/**
 * Asks a filter which callbacks it defines, by running its definition as the first callback in a VM does.
 *
 * @param module the lowered module with the adapter's `defined_callbacks`
 * @returns bits as in `callbacks.ts`
 * @throws Failure if the filter's definition fails, with what it logged
 */
export async function definedCallbacks(module: Uint8Array): Promise<number> {
  const compiled = await WebAssembly.compile(Uint8Array.from(module));
  const logged: string[] = [];
  let memory: WebAssembly.Memory | undefined;
  const imports: WebAssembly.Imports = {};
  for (const { module, name } of WebAssembly.Module.imports(compiled)) {
    imports[module] ??= {};
    (imports[module] as Record<string, unknown>)[name] = (...args: number[]) => {
      if (name !== "proxy_log") return 0;
      logged.push(Buffer.from(memory?.buffer ?? new ArrayBuffer(0), args[1], args[2]).toString());
      return 0;
    };
  }
  const { exports } = await WebAssembly.instantiate(compiled, imports);
  memory = exports.memory as WebAssembly.Memory;
  const bits = (exports.defined_callbacks as () => number)();
  if (bits === 0) throw new Failure(`the filter defines no callback: ${logged.join(" ") || "its definition returned none"}`);
  return bits;
}
