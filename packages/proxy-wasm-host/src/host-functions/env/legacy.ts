import { BufferType, StreamType } from "../../abi/enums.ts";
import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import type { Signature } from "../../abi/signature.ts";
import { Status } from "../../abi/status.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Reads the plugin's configuration in `proxy_on_configure`, the VM's otherwise.
 *
 * @returns OK; INVALID_MEMORY_ACCESS
 */
const getConfiguration = hostFunction(ENV_FUNCTIONS.proxy_get_configuration, (vm) => (bytesAt, sizeAt) => {
  const { context } = vm;
  const source = context.buffer(BufferType.plugin_configuration) ?? context.buffer(BufferType.vm_configuration);
  return vm.give(source?.slice(0, source.length) ?? "", bytesAt, sizeAt);
});

/** Does what `proxy_continue_stream` does in later versions. */
const resume = (signature: Signature, stream: number) =>
  hostFunction(signature, (vm) => () => {
    vm.context.continueStream(stream);
    return Status.OK;
  });

/** Does nothing: there is one route, and it is not cached. */
const clearRouteCache = hostFunction(ENV_FUNCTIONS.proxy_clear_route_cache, () => () => Status.OK);

/** The functions that only ABI 0.1.0 has. */
export const legacyFunctions = [
  getConfiguration,
  resume(ENV_FUNCTIONS.proxy_continue_request, StreamType.request),
  resume(ENV_FUNCTIONS.proxy_continue_response, StreamType.response),
  clearRouteCache,
];
