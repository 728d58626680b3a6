import { parameter, result } from "../abi/parameters.ts";
import { Status } from "../abi/status.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Would call a function of the proxy's own by name; none is known yet.
 *
 * @returns NOT_FOUND; INVALID_MEMORY_ACCESS
 */
const call = hostFunction(
  "proxy_call_foreign_function",
  [parameter("function", "text"), parameter("arguments", "bytes"), result("results", "bytes")],
  (vm) => (nameAt, nameSize, argumentsAt, argumentsSize) =>
    vm.memory.has(nameAt, nameSize) && vm.memory.has(argumentsAt, argumentsSize)
      ? Status.NOT_FOUND
      : Status.INVALID_MEMORY_ACCESS,
);

export const foreignFunctions = [call];
