import { utf8Bytes } from "../../abi/bytes.ts";
import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { Status } from "../../abi/status.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Returns how the call-out ended whose callback is running: BROKEN_CONNECTION and `reset` for HTTP, the gRPC status and its message
 * for gRPC, 0 and an empty message after success. A stream that is the effective context gets its root's.
 *
 * @returns OK; INVALID_MEMORY_ACCESS
 */
const get = hostFunction(ENV_FUNCTIONS.proxy_get_status, (vm) => (codeAt, messageAt, sizeAt) => {
  const { code, message } = (vm.context.root ?? vm.context).status;
  return vm.memory.writeU32(codeAt, code)
    ? vm.give(utf8Bytes(message), messageAt, sizeAt)
    : Status.INVALID_MEMORY_ACCESS;
});

export const statusFunctions = [get];
