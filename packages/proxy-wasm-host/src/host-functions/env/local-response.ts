import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { decodePairs } from "../../abi/pairs.ts";
import { Status } from "../../abi/status.ts";
import { warnOfEnding } from "../../vm/ending-calls.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Answers the client instead of the upstream, once the running callback has returned; that callback's result is ignored.
 * Only the first of a stream counts.
 *
 * @returns OK, even without a stream; INVALID_MEMORY_ACCESS
 */
const send = hostFunction(
  ENV_FUNCTIONS.proxy_send_local_response,
  (vm) => (status, detailsAt, detailsSize, bodyAt, bodySize, headersAt, headersSize, grpcStatus) => {
    const details = vm.memory.utf8(detailsAt, detailsSize);
    const body = vm.memory.bytes(bodyAt, bodySize);
    const headers = vm.memory.bytes(headersAt, headersSize);
    if (details === undefined || !body || !headers) return Status.INVALID_MEMORY_ACCESS;
    warnOfEnding(vm, "proxy_send_local_response");
    vm.context.sendLocalResponse({
      status: status >>> 0,
      // Envoy replaces white space in them.
      details: details.replace(/\s/g, "_"),
      body,
      headers: decodePairs(headers),
      ...(grpcStatus >= 0 && { grpcStatus }),
    });
    return Status.OK;
  },
);

export const localResponseFunctions = [send];
