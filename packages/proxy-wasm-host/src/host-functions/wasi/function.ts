import { type Form, type Parameter, parameter } from "../../abi/parameters.ts";
import type { Implementation } from "../../abi/signature.ts";
import type { Vm } from "../../vm/vm.ts";
import { type HostFunction, hostFunction } from "../host-function.ts";
import { Errno } from "./errno.ts";

/** Parameters from text such as `fd iovs iovs_len offset:u64`; what has no form is a 32-bit number. */
export function wasiParameters(text: string): Parameter[] {
  return text
    .split(" ")
    .filter(Boolean)
    .map((word) => {
      const [name = "", form = "u32"] = word.split(":");
      return parameter(name, form as Form);
    });
}

/** A WASI function: its name, its parameters as {@link wasiParameters} reads them, and how it works. */
export function wasiFunction(name: string, parameters: string, bind: (vm: Vm) => Implementation): HostFunction {
  return hostFunction(name, wasiParameters(parameters), bind, Errno);
}

/** A WASI function that always returns the same error number. */
export function refusal(name: string, parameters: string, errno: number): HostFunction {
  return wasiFunction(name, parameters, () => () => errno);
}
