import { hex } from "../abi/bytes.ts";
import type { EnvoyVersion } from "../abi/envoy-version.ts";
import { type AbiVersion, abiOf } from "../abi/version.ts";
import { readInterface, type WasmInterface } from "../wasm/binary.ts";
import { type Instantiation, instantiate } from "../wasm/instantiate.ts";
import { MEMORY_LIMIT_PAGES } from "../wasm/memory-limit.ts";

/** What the first eight bytes say. */
type Format = "core" | "component" | "unknown version" | "no wasm";

/** A module, decoded as far as it is valid. */
export interface ModuleSubject {
  readonly bytes: Uint8Array;
  readonly envoy: EnvoyVersion;
  readonly format: Format;
  /** Why V8 refuses it; left out if it does not. */
  readonly invalid?: string;
  /** Left out if it is not a valid core module, as is `wasm`. */
  readonly compiled?: WebAssembly.Module;
  readonly wasm?: WasmInterface;
  /** The ABI version that Envoy uses for it. */
  readonly abi?: AbiVersion;
  /** What happens when it is instantiated; left out if its memory is too large to try. */
  readonly instantiation?: Instantiation;
}

const MAGIC = "0061736d";
const CORE = "01000000";

/** Decodes a module for the rules, which compare it with a version of Envoy. */
export function readModuleSubject(bytes: Uint8Array, envoy: EnvoyVersion): ModuleSubject {
  const format = formatOf(bytes);
  const base = { bytes, envoy, format };
  if (format !== "core") return base;
  let compiled: WebAssembly.Module;
  let wasm: WasmInterface;
  try {
    compiled = new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
    wasm = readInterface(bytes);
  } catch (error) {
    return { ...base, invalid: (error as Error).message.replace(/^WebAssembly\.Module\(\): /, "") };
  }
  const abi = abiOf(wasm.exports);
  const small = wasm.memories.every(({ initial }) => initial <= MEMORY_LIMIT_PAGES);
  return { ...base, compiled, wasm, ...(abi && { abi }), ...(small && { instantiation: instantiate(compiled, wasm) }) };
}

function formatOf(bytes: Uint8Array): Format {
  const head = hex(bytes.subarray(0, 8));
  if (head.length < 16 || !head.startsWith(MAGIC)) return "no wasm";
  if (head.endsWith(CORE)) return "core";
  // Components have a layer of 1 where core modules have 0 (WebAssembly component model, Binary.md).
  return bytes[6] === 1 ? "component" : "unknown version";
}
