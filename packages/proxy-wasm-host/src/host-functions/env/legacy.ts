import { BufferType } from "../../abi/enums.ts";
import { result } from "../../abi/parameters.ts";
import { Status } from "../../abi/status.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Reads the plugin's configuration while it is configured, the VM's at all other times.
 *
 * @returns OK; INVALID_MEMORY_ACCESS
 */
const getConfiguration = hostFunction(
  "proxy_get_configuration",
  [result("configuration", "bytes")],
  (vm) => (bytesAt, sizeAt) => {
    const { context } = vm;
    const source = context.buffer(BufferType.plugin_configuration) ?? context.buffer(BufferType.vm_configuration);
    return vm.give(source?.slice(0, source.length) ?? "", bytesAt, sizeAt);
  },
);

/** As `proxy_continue_stream` of later versions. */
const resume = (name: string, stream: number) =>
  hostFunction(name, [], (vm) => () => {
    vm.context.continueStream(stream);
    return Status.OK;
  });

/** Does nothing: there is one route, which nothing is remembered of. */
const clearRouteCache = hostFunction("proxy_clear_route_cache", [], () => () => Status.OK);

/** What ABI 0.1.0 alone has (proxy-wasm-cpp-host, src/wasm.cc, registerCallbacks). */
export const legacyFunctions = [
  getConfiguration,
  resume("proxy_continue_request", 0),
  resume("proxy_continue_response", 1),
  clearRouteCache,
];
