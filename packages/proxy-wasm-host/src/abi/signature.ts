import type { Enum } from "./enums.ts";
import { type Parameter, type ValueType, valueTypes } from "./parameters.ts";
import { Status } from "./status.ts";

/** What a module calls: 32-bit values come as (signed) numbers, 64-bit ones as bigints. */
// biome-ignore lint/suspicious/noExplicitAny: the WebAssembly types are checked against the module before linking.
export type Implementation = (...values: any[]) => number | undefined;

/** A function that the host gives to modules, with the names of its parameters so that a trace can show them. */
export interface Signature {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** The names of the numbers it returns; 0 is success. */
  readonly statuses: Enum;
  /** The WebAssembly type. */
  readonly type: { readonly parameters: readonly ValueType[]; readonly results: readonly ValueType[] };
}

/**
 * Describes a function that returns a status.
 *
 * @param name the import's name
 * @param parameters in the ABI's order
 * @param statuses the names of what it returns, if not those of Proxy-Wasm
 */
export function signature(name: string, parameters: readonly Parameter[], statuses: Enum = Status): Signature {
  return { name, parameters, statuses, type: { parameters: valueTypes(parameters), results: ["i32"] } };
}
