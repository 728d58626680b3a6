/** A compiled module with what the host must know of it. */
export interface WasmModule {
  readonly compiled: WebAssembly.Module;
  /** The export that gives memory to the host. */
  readonly allocator: string;
}

/** Compiles a module. */
export function compileModule(bytes: Uint8Array): WasmModule {
  const compiled = new WebAssembly.Module(bytes);
  const names = WebAssembly.Module.exports(compiled).map(({ name }) => name);
  return { compiled, allocator: names.includes("malloc") ? "malloc" : "proxy_on_memory_allocate" };
}
