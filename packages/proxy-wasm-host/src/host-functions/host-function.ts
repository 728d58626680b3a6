import type { Implementation, Signature } from "../abi/signature.ts";
import type { Vm } from "../vm/vm.ts";

/** A host function and how it is made for one VM. */
export interface HostFunction extends Signature {
  readonly bind: (vm: Vm) => Implementation;
}

/**
 * Implements a host function.
 *
 * @param signature what modules import, from `abi/env-functions.ts` or `abi/wasi-functions.ts`
 * @param bind makes the implementation for one VM; it must never throw, whatever the module passes
 */
export const hostFunction = (signature: Signature, bind: (vm: Vm) => Implementation): HostFunction => ({
  ...signature,
  bind,
});
