import type { HostFunction, Implementation } from "./host-function.ts";
import { HOST_FUNCTIONS } from "./hostcalls/index.ts";
import type { Vm } from "./vm.ts";

const MODULES: Readonly<Record<string, ReadonlyMap<string, HostFunction>>> = {
  env: HOST_FUNCTIONS,
};

/** The host function that an import names, or undefined if there is none. */
export function findHostFunction(module: string, name: string): HostFunction | undefined {
  return MODULES[module]?.get(name);
}

/** The functions that a VM's module imports. */
export function link(vm: Vm): Record<string, Record<string, Implementation>> {
  const linked: Record<string, Record<string, Implementation>> = {};
  for (const { module, name } of WebAssembly.Module.imports(vm.module.compiled)) {
    const fn = findHostFunction(module, name);
    if (!fn) continue;
    const fault = vm.services.faults[name];
    const implementation = fault === undefined ? fn.bind(vm) : () => fault;
    linked[module] ??= {};
    linked[module][name] = vm.services.trace ? vm.services.trace.wrap(vm, fn, implementation) : implementation;
  }
  return linked;
}
