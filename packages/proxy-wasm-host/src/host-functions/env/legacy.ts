import { BufferType, StreamType } from "../../abi/enums.ts";
import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import type { Signature } from "../../abi/signature.ts";
import { Status } from "../../abi/status.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Reads the plugin's configuration while it is configured, the VM's at all other times.
 *
 * @returns OK; INVALID_MEMORY_ACCESS
 */
const getConfiguration = hostFunction(ENV_FUNCTIONS.proxy_get_configuration, (vm) => (bytesAt, sizeAt) => {
  const { context } = vm;
  const source = context.buffer(BufferType.plugin_configuration) ?? context.buffer(BufferType.vm_configuration);
  return vm.give(source?.slice(0, source.length) ?? "", bytesAt, sizeAt);
});

/** As `proxy_continue_stream` of later versions. */
const resume = (signature: Signature, stream: number) =>
  hostFunction(signature, (vm) => () => {
    vm.context.continueStream(stream);
    return Status.OK;
  });

/** Does nothing: there is one route, which nothing is remembered of. */
const clearRouteCache = hostFunction(ENV_FUNCTIONS.proxy_clear_route_cache, () => () => Status.OK);

/** What ABI 0.1.0 alone has (proxy-wasm-cpp-host, src/wasm.cc, registerCallbacks). */
export const legacyFunctions = [
  getConfiguration,
  resume(ENV_FUNCTIONS.proxy_continue_request, StreamType.request),
  resume(ENV_FUNCTIONS.proxy_continue_response, StreamType.response),
  clearRouteCache,
];
