import type { Implementation } from "../abi/signature.ts";
import { ABI_VERSIONS, type AbiVersion } from "../abi/version.ts";
import type { Imports, Vm } from "../vm/vm.ts";
import type { Limits } from "../wasm/binary.ts";
import { hostFunctionsOf } from "./env/index.ts";
import type { HostFunction } from "./host-function.ts";
import { WASI_FUNCTIONS, WASI_MODULES } from "./wasi/index.ts";

const byName = (functions: readonly HostFunction[]) => new Map(functions.map((fn) => [fn.name, fn]));
const WASI = byName(WASI_FUNCTIONS);
const ENV = new Map(ABI_VERSIONS.map((abi) => [abi, byName(hostFunctionsOf(abi))]));

/** What a module may call while its `_initialize` or `_start` runs; all else traps (proxy-wasm-cpp-host, src/wasm.cc, startVm). */
const ALLOWED_AT_START = new Set(
  `proxy_log fd_write args_get args_sizes_get environ_get environ_sizes_get fd_prestat_get fd_prestat_dir_name clock_time_get
  random_get`.split(/\s+/),
);

/** The host function that an import names under a version of the ABI, or undefined if there is none. */
export function findHostFunction(module: string, name: string, abi: AbiVersion): HostFunction | undefined {
  if (module === "env") return ENV.get(abi)?.get(name);
  return (WASI_MODULES as readonly string[]).includes(module) ? WASI.get(name) : undefined;
}

const NAMED = new Map([...[...ENV.values()].flatMap((functions) => [...functions]), ...WASI]);

/** The host function of a name, whatever module and version it is of: no two have one name. */
export const hostFunctionNamed = (name: string): HostFunction | undefined => NAMED.get(name);

/** What a VM's module imports: functions, and a memory or table if it wants the host to make them. */
export function link(vm: Vm): Imports {
  const linked: Imports = {};
  for (const { module, name, kind, limits } of vm.module.imports) {
    linked[module] ??= {};
    if (kind === "memory" && limits)
      linked[module][name] = new WebAssembly.Memory(limited(limits, vm.services.memoryPages));
    if (kind === "table" && limits) linked[module][name] = new WebAssembly.Table({ element: "anyfunc", ...limits });
    const fn = kind === "function" ? findHostFunction(module, name, vm.module.abi) : undefined;
    if (fn) linked[module][name] = implement(vm, fn);
  }
  return linked;
}

const limited = ({ initial, maximum = Number.POSITIVE_INFINITY }: Limits, pages: number) => ({
  initial,
  maximum: Math.min(maximum, pages),
});

function implement(vm: Vm, fn: HostFunction): Implementation {
  const fault = vm.services.faults[fn.name];
  const working = fault === undefined ? fn.bind(vm) : () => fault;
  const shown = vm.services.trace?.wrap(vm, fn, working) ?? working;
  if (ALLOWED_AT_START.has(fn.name)) return shown;
  return (...values) => {
    if (vm.starting) throw new Error(`${fn.name} is not allowed while the module starts`);
    return shown(...values);
  };
}
