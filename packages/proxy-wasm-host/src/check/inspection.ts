import { type EnvoyVersion, NEWEST_ENVOY } from "../abi/envoy-version.ts";
import type { AbiVersion } from "../abi/version.ts";
import type { WasmInterface } from "../wasm/binary.ts";
import type { WasmModule } from "../wasm/wasm-module.ts";
import { EXPORT_RULES } from "./export-rules.ts";
import { examine, type Finding } from "./finding.ts";
import { IMPORT_RULES } from "./import-rules.ts";
import { MEMORY_RULES } from "./memory-rules.ts";
import { readModuleSubject } from "./module.ts";
import { MODULE_RULES } from "./module-rules.ts";

/** What `inspect` has found out about a module. */
export interface Inspection {
  /** Undefined if a finding is an error. */
  readonly module: WasmModule | undefined;
  readonly findings: readonly Finding[];
  /** What the module imports and exports; undefined if it could not be read. */
  readonly interface: WasmInterface | undefined;
  readonly abi: AbiVersion | undefined;
}

const RULES = [...MODULE_RULES, ...IMPORT_RULES, ...EXPORT_RULES, ...MEMORY_RULES];
const ALLOCATORS = ["malloc", "proxy_on_memory_allocate"];

/**
 * Checks a module as Envoy does when it loads it (proxy-wasm-cpp-host, src/wasm.cc, load and initialize; src/v8/v8.cc, link),
 * with doctor's rules.
 *
 * @param bytes the module
 * @param envoy which Envoy
 */
export function inspect(bytes: Uint8Array, envoy: EnvoyVersion = NEWEST_ENVOY): Inspection {
  const subject = readModuleSubject(bytes, envoy);
  const findings = examine(RULES, subject);
  const { compiled, wasm, abi } = subject;
  const allocator = ALLOCATORS.find((name) => wasm?.exports.some((one) => one.name === name));
  const sound = !findings.some(({ severity }) => severity === "error");
  const module =
    sound && compiled && wasm && abi && allocator ? { compiled, abi, allocator, shift: 0, ...wasm } : undefined;
  return { module, findings, interface: wasm, abi };
}
