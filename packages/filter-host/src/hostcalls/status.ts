import { result } from "../abi/parameters.ts";
import { Status } from "../abi/status.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Tells the outcome of the call-out whose callback is running. There are no call-outs yet, so it is always 0 and empty.
 *
 * @returns OK; INVALID_MEMORY_ACCESS
 */
const get = hostFunction(
  "proxy_get_status",
  [result("code", "u32"), result("message", "text")],
  (vm) => (codeAt, messageAt, sizeAt) =>
    vm.memory.writeU32(codeAt, 0) ? vm.give("", messageAt, sizeAt) : Status.INVALID_MEMORY_ACCESS,
);

export const statusFunctions = [get];
