import type { Enum } from "./abi/enums.ts";
import { type Parameter, type ValueType, valueTypes } from "./abi/parameters.ts";
import { Status } from "./abi/status.ts";
import type { Vm } from "./vm.ts";

/** What a module calls: 32-bit values come as (signed) numbers, 64-bit ones as bigints. */
// biome-ignore lint/suspicious/noExplicitAny: the WebAssembly types are checked against the module before linking.
export type Implementation = (...values: any[]) => number | undefined;

/** A function that the host gives to modules, with the names of its parameters so that a trace can show them. */
export interface HostFunction {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** The names of the numbers it returns; 0 is success. */
  readonly statuses: Enum;
  /** The WebAssembly type. */
  readonly type: { readonly parameters: readonly ValueType[]; readonly results: readonly ValueType[] };
  /** Makes the function for one VM. */
  readonly bind: (vm: Vm) => Implementation;
}

/**
 * Describes a host function that returns a status.
 *
 * @param name the import's name
 * @param parameters in the ABI's order
 * @param bind makes the implementation for one VM; it must never throw, whatever the module passes
 * @param statuses the names of what it returns, if not those of Proxy-Wasm
 */
export function hostFunction(
  name: string,
  parameters: readonly Parameter[],
  bind: (vm: Vm) => Implementation,
  statuses: Enum = Status,
): HostFunction {
  return { name, parameters, statuses, type: { parameters: valueTypes(parameters), results: ["i32"] }, bind };
}
