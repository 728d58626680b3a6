import type { Enum } from "../abi/enums.ts";
import type { Parameter } from "../abi/parameters.ts";
import { type Implementation, type Signature, signature } from "../abi/signature.ts";
import type { Vm } from "../vm/vm.ts";

/** A host function and how it is made for one VM. */
export interface HostFunction extends Signature {
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
  statuses?: Enum,
): HostFunction {
  return { ...signature(name, parameters, statuses), bind };
}
