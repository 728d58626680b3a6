import type { Implementation } from "../abi/signature.ts";
import type { AbiVersion } from "../abi/version.ts";
import type { Imports, Vm } from "../vm/vm.ts";
import type { Limits } from "../wasm/binary.ts";
import { envFunctions } from "./env/index.ts";
import type { HostFunction } from "./host-function.ts";
import { wasiFunctions } from "./wasi/index.ts";

const implemented = new Map([...envFunctions, ...wasiFunctions].map((fn) => [fn.name, fn]));

/** The host function that an import names under a version of the ABI, or undefined if there is none. */
export function findHostFunction(module: string, name: string, abi: AbiVersion): HostFunction | undefined {
  const found = implemented.get(name);
  return found?.modules.includes(module) && found.abis.includes(abi) ? found : undefined;
}

/** What a VM's module imports: functions, and a memory or table if it imports one. */
export function link(vm: Vm): Imports {
  const linked: Imports = {};
  for (const { module, name, kind, limits, element = "anyfunc" } of vm.module.imports) {
    linked[module] ??= {};
    if (kind === "memory" && limits)
      linked[module][name] = new WebAssembly.Memory(limited(limits, vm.services.memoryPages));
    if (kind === "table" && limits) linked[module][name] = new WebAssembly.Table({ element: element, ...limits });
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
  const check = vm.services.watchdog?.check;
  if (fn.atStart && !check) return shown;
  return (...values) => {
    if (vm.starting && !fn.atStart) throw new Error(`${fn.name} is not allowed while the module starts`);
    check?.();
    return shown(...values);
  };
}
