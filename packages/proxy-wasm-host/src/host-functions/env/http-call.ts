import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { decodePairs } from "../../abi/pairs.ts";
import { Status } from "../../abi/status.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Sends a request to another service. The root context gets the whole response in `proxy_on_http_call_response`, without headers
 * if it was incomplete. The trailers are read but not sent, as in Envoy 1.40.
 *
 * @returns OK and the call's token; BAD_ARGUMENT for an unknown service, a negative timeout, or headers without `:method`, `:path`
 * or `:authority` (the token is then 0); INVALID_MEMORY_ACCESS
 */
const call = hostFunction(
  ENV_FUNCTIONS.proxy_http_call,
  (vm) =>
    (
      nameAt,
      nameSize,
      headersAt,
      headersSize,
      bodyAt,
      bodySize,
      trailersAt,
      trailersSize,
      timeout,
      tokenAt,
    ): Status => {
      const { memory, context } = vm;
      const name = memory.utf8(nameAt, nameSize);
      const headers = memory.bytes(headersAt, headersSize);
      const body = memory.bytes(bodyAt, bodySize);
      if (name === undefined || !headers || !body || !memory.has(trailersAt, trailersSize)) {
        return Status.INVALID_MEMORY_ACCESS;
      }
      if (!memory.writeU32(tokenAt, 0)) return Status.INVALID_MEMORY_ACCESS;
      const token = context.root?.httpCalls.start(name, decodePairs(headers), body, timeout);
      if (token === undefined) return Status.BAD_ARGUMENT;
      memory.writeU32(tokenAt, token);
      return Status.OK;
    },
);

export const httpCallFunctions = [call];
