import type { ValueType } from "./parameters.ts";
import type { AbiVersion } from "./version.ts";

/** An export that the host calls: its parameters (all i32) by name and its result. */
export interface Callback {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly results: readonly ValueType[];
}

const callback = (name: string, parameters: string, returns: boolean): Callback => ({
  name,
  parameters: parameters.split(" ").filter(Boolean),
  results: returns ? ["i32"] : [],
});

/** The callbacks that Envoy looks up, with the types it requires (proxy-wasm-cpp-host, include/proxy-wasm/wasm.h and src/wasm.cc, getFunctions). */
export const CALLBACKS: readonly Callback[] = [
  callback("_initialize", "", false),
  callback("_start", "", false),
  callback("main", "argc argv", true),
  callback("__main_void", "", true),
  callback("malloc", "size", true),
  callback("proxy_on_memory_allocate", "size", true),
  callback("proxy_validate_configuration", "context configuration_size", true),
  callback("proxy_on_vm_start", "context vm_configuration_size", true),
  callback("proxy_on_configure", "context configuration_size", true),
  callback("proxy_on_tick", "context", false),
  callback("proxy_on_context_create", "context parent", false),
  callback("proxy_on_new_connection", "context", true),
  callback("proxy_on_downstream_data", "context size end_of_stream", true),
  callback("proxy_on_upstream_data", "context size end_of_stream", true),
  callback("proxy_on_downstream_connection_close", "context close_type", false),
  callback("proxy_on_upstream_connection_close", "context close_type", false),
  callback("proxy_on_request_headers", "context headers end_of_stream", true),
  callback("proxy_on_request_body", "context size end_of_stream", true),
  callback("proxy_on_request_trailers", "context trailers", true),
  callback("proxy_on_request_metadata", "context elements", true),
  callback("proxy_on_response_headers", "context headers end_of_stream", true),
  callback("proxy_on_response_body", "context size end_of_stream", true),
  callback("proxy_on_response_trailers", "context trailers", true),
  callback("proxy_on_response_metadata", "context elements", true),
  callback("proxy_on_http_call_response", "context token headers body_size trailers", false),
  callback("proxy_on_grpc_receive", "context token size", false),
  callback("proxy_on_grpc_close", "context token status", false),
  callback("proxy_on_grpc_receive_initial_metadata", "context token elements", false),
  callback("proxy_on_grpc_receive_trailing_metadata", "context token elements", false),
  callback("proxy_on_queue_ready", "context token", false),
  callback("proxy_on_foreign_function", "context function size", false),
  callback("proxy_on_done", "context", true),
  callback("proxy_on_log", "context", false),
  callback("proxy_on_delete", "context", false),
];

/**
 * A callback as a version of the ABI defines it (proxy-wasm-cpp-host, src/wasm.cc, getFunctions).
 *
 * @param exported what else the module exports: some are looked up only where others are missing
 * @returns undefined if the host does not look it up, whatever its type
 */
export function callbackOf(name: string, abi: AbiVersion, exported: ReadonlySet<string>): Callback | undefined {
  const callback = byName.get(name);
  const reactor = exported.has("_initialize");
  if ((name === "_start" && reactor) || (MAINS.has(name) && !reactor)) return undefined;
  if (name === "proxy_on_memory_allocate" && exported.has("malloc")) return undefined;
  if (!callback || abi !== "0.1.0") return callback;
  if (name === "proxy_on_foreign_function") return undefined;
  return WITHOUT_END.has(name) ? { ...callback, parameters: callback.parameters.slice(0, 2) } : callback;
}

/** What is called after `_initialize`: the first of them that the module exports. */
const MAINS = new Set(["main", "__main_void"]);

/** Callbacks without the parameter `end_of_stream` in ABI 0.1.0. */
const WITHOUT_END = new Set(["proxy_on_request_headers", "proxy_on_response_headers"]);

const byName = new Map(CALLBACKS.map((entry) => [entry.name, entry]));

/** The names of a callback's parameters; none if the host does not know it. */
export function callbackParameters(name: string): readonly string[] {
  return byName.get(name)?.parameters ?? [];
}
