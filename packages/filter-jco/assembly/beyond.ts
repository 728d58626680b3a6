// The Proxy-Wasm host functions (ABI 0.2.1) behind `calls_call`.

export { proxy_send_local_response } from "./proxy";

@external("env", "proxy_get_status")
export declare function proxy_get_status(code: usize, message: usize, size: usize): u32;

@external("env", "proxy_get_log_level")
export declare function proxy_get_log_level(level: usize): u32;

@external("env", "proxy_set_property")
export declare function proxy_set_property(path: usize, pathSize: usize, value: usize, size: usize): u32;

@external("env", "proxy_get_header_map_size")
export declare function proxy_get_header_map_size(map: u32, size: usize): u32;

@external("env", "proxy_set_header_map_pairs")
export declare function proxy_set_header_map_pairs(map: u32, pairs: usize, size: usize): u32;

@external("env", "proxy_get_buffer_status")
export declare function proxy_get_buffer_status(buffer: u32, length: usize, flags: usize): u32;

@external("env", "proxy_get_shared_data")
export declare function proxy_get_shared_data(key: usize, keySize: usize, value: usize, size: usize, cas: usize): u32;

@external("env", "proxy_set_shared_data")
export declare function proxy_set_shared_data(key: usize, keySize: usize, value: usize, size: usize, cas: u32): u32;

@external("env", "proxy_register_shared_queue")
export declare function proxy_register_shared_queue(name: usize, size: usize, queue: usize): u32;

@external("env", "proxy_resolve_shared_queue")
export declare function proxy_resolve_shared_queue(vmId: usize, vmIdSize: usize, name: usize, nameSize: usize, queue: usize): u32;

@external("env", "proxy_dequeue_shared_queue")
export declare function proxy_dequeue_shared_queue(queue: u32, item: usize, size: usize): u32;

@external("env", "proxy_enqueue_shared_queue")
export declare function proxy_enqueue_shared_queue(queue: u32, item: usize, size: usize): u32;

@external("env", "proxy_http_call")
export declare function proxy_http_call(
  upstream: usize, upstreamSize: usize, headers: usize, headersSize: usize, body: usize, bodySize: usize, trailers: usize,
  trailersSize: usize, timeout: u32, call: usize,
): u32;

@external("env", "proxy_grpc_call")
export declare function proxy_grpc_call(
  upstream: usize, upstreamSize: usize, service: usize, serviceSize: usize, method: usize, methodSize: usize, metadata: usize,
  metadataSize: usize, message: usize, messageSize: usize, timeout: u32, call: usize,
): u32;

@external("env", "proxy_grpc_stream")
export declare function proxy_grpc_stream(
  upstream: usize, upstreamSize: usize, service: usize, serviceSize: usize, method: usize, methodSize: usize, metadata: usize,
  metadataSize: usize, call: usize,
): u32;

@external("env", "proxy_grpc_send")
export declare function proxy_grpc_send(call: u32, message: usize, size: usize, endOfStream: u32): u32;

@external("env", "proxy_grpc_close")
export declare function proxy_grpc_close(call: u32): u32;

@external("env", "proxy_grpc_cancel")
export declare function proxy_grpc_cancel(call: u32): u32;

@external("env", "proxy_set_tick_period_milliseconds")
export declare function proxy_set_tick_period_milliseconds(period: u32): u32;

@external("env", "proxy_continue_stream")
export declare function proxy_continue_stream(stream: u32): u32;

@external("env", "proxy_close_stream")
export declare function proxy_close_stream(stream: u32): u32;

@external("env", "proxy_set_effective_context")
export declare function proxy_set_effective_context(context: u32): u32;

@external("env", "proxy_done")
export declare function proxy_done(): u32;

@external("env", "proxy_call_foreign_function")
export declare function proxy_call_foreign_function(
  name: usize, nameSize: usize, arguments: usize, size: usize, results: usize, resultsSize: usize,
): u32;
