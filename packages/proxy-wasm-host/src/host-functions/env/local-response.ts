import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { decodePairs } from "../../abi/pairs.ts";
import { Status } from "../../abi/status.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Answers the client in the upstream's place, once the running callback has returned; whatever that callback returns, nothing
 * else goes on. Of several in one stream the first wins.
 *
 * @returns OK, also where there is no stream to answer; INVALID_MEMORY_ACCESS
 */
const send = hostFunction(
  ENV_FUNCTIONS.proxy_send_local_response,
  (vm) => (status, detailsAt, detailsSize, bodyAt, bodySize, headersAt, headersSize, grpcStatus) => {
    const details = vm.memory.utf8(detailsAt, detailsSize);
    const body = vm.memory.bytes(bodyAt, bodySize);
    const headers = vm.memory.bytes(headersAt, headersSize);
    if (details === undefined || !body || !headers) return Status.INVALID_MEMORY_ACCESS;
    vm.context.sendLocalResponse({
      status: status >>> 0,
      // As Envoy keeps them: in one word.
      details: details.replace(/\s/g, "_"),
      body,
      headers: decodePairs(headers),
      ...(grpcStatus >= 0 && { grpcStatus }),
    });
    return Status.OK;
  },
);

export const localResponseFunctions = [send];
