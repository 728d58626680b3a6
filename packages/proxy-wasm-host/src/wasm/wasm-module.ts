import type { AbiVersion } from "../abi/version.ts";
import type { Limits, WasmExport, WasmImport } from "./binary.ts";

/** A module that can be instantiated. */
export interface WasmModule {
  readonly compiled: WebAssembly.Module;
  readonly abi: AbiVersion;
  /** The export that allocates memory for the host: `malloc`, or else `proxy_on_memory_allocate`, as in Envoy. */
  readonly allocator: string;
  readonly imports: readonly WasmImport[];
  readonly exports: readonly WasmExport[];
  readonly memories: readonly Limits[];
  /** How many bytes are before its code that its file does not have. */
  readonly shift: number;
}
