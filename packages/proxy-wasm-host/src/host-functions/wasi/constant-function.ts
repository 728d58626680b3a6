import type { Signature } from "../../abi/signature.ts";
import { type HostFunction, hostFunction } from "../host-function.ts";

/** A function that does nothing and always returns the same error number. */
export const constantFunction = (signature: Signature, errno: number): HostFunction =>
  hostFunction(signature, () => () => errno);
