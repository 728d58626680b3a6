import { parameter, result } from "../abi/parameters.ts";
import { Status } from "../abi/status.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Would call another HTTP service. There is none to call: no cluster is known, which Envoy answers with BAD_ARGUMENT.
 *
 * @returns BAD_ARGUMENT; INVALID_MEMORY_ACCESS
 */
const call = hostFunction(
  "proxy_http_call",
  [
    parameter("upstream", "text"),
    parameter("headers", "pairs"),
    parameter("body", "bytes"),
    parameter("trailers", "pairs"),
    parameter("timeout", "u32"),
    result("call", "u32"),
  ],
  (vm) =>
    (...values: number[]) => {
      const runs = [0, 2, 4, 6].every((at) => vm.memory.has(values[at] as number, values[at + 1] as number));
      return runs && vm.memory.writeU32(values[9] as number, 0) ? Status.BAD_ARGUMENT : Status.INVALID_MEMORY_ACCESS;
    },
);

export const httpCallFunctions = [call];
