import type { Enum } from "./enums.ts";
import { ENVOY_VERSIONS, type EnvoyVersion } from "./envoy-version.ts";
import { type Parameter, type ValueType, valueTypes } from "./parameters.ts";
import { ABI_VERSIONS, type AbiVersion } from "./version.ts";

/** What a module calls: 32-bit values come as (signed) numbers, 64-bit ones as bigints. */
// biome-ignore lint/suspicious/noExplicitAny: the WebAssembly types are checked against the module before linking.
export type Implementation = (...values: any[]) => number | undefined;

/** A function that modules can import from the host. */
export interface Signature {
  readonly name: string;
  /** The import modules that it is in. */
  readonly modules: readonly [string, ...string[]];
  /** In the ABI's order. */
  readonly parameters: readonly Parameter[];
  /** The names of the numbers it returns; 0 is success. */
  readonly statuses: Enum;
  /** The WebAssembly type. */
  readonly type: { readonly parameters: readonly ValueType[]; readonly results: readonly ValueType[] };
  /** The versions of the ABI that have it. */
  readonly abis: readonly AbiVersion[];
  /** The first Envoy that has it. */
  readonly since: EnvoyVersion;
  /**
   * Whether a module may call it while its `_initialize`, `main` or `_start` runs; if not, the call traps (proxy-wasm-cpp-host,
   * src/wasm.cc, startVm). Envoy 1.40 was asked for each function, under each import module and version of the ABI.
   */
  readonly atStart: boolean;
}

/** What differs between the functions of an import module. */
export interface Description extends Partial<Pick<Signature, "statuses" | "abis" | "since" | "atStart">> {
  readonly parameters: readonly Parameter[];
  /** Left out if it returns a status. */
  readonly results?: readonly ValueType[];
}

const STATUS: readonly ValueType[] = ["i32"];

/**
 * Completes the descriptions of functions.
 *
 * @param common the import modules that have them, and what holds where a description does not say otherwise
 * @param functions by name; all versions of the ABI and of Envoy have them, where a description does not say otherwise
 */
export function signatures<Name extends string>(
  common: Pick<Signature, "modules" | "statuses" | "atStart">,
  functions: Readonly<Record<Name, Description>>,
): Readonly<Record<Name, Signature>> {
  const defaults = { ...common, abis: ABI_VERSIONS, since: ENVOY_VERSIONS[0] };
  const completed = Object.entries<Description>(functions).map(
    ([name, { parameters, results = STATUS, ...more }]): [string, Signature] => {
      const type = { parameters: valueTypes(parameters), results };
      return [name, { ...defaults, name, parameters, type, ...more }];
    },
  );
  return Object.fromEntries(completed) as Record<Name, Signature>;
}
