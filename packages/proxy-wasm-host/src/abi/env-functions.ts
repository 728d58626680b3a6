import { BufferType, HeaderMapType, LogLevel, MetricType, StreamType } from "./enums.ts";
import { parameter, result } from "./parameters.ts";
import { signatures } from "./signature.ts";
import { Status } from "./status.ts";
import type { AbiVersion } from "./version.ts";

const ONLY_0_1_0: readonly AbiVersion[] = ["0.1.0"];
const SINCE_0_2_0: readonly AbiVersion[] = ["0.2.0", "0.2.1"];

const map = parameter("map", HeaderMapType);
const header = parameter("key", "text", "header-name");
const headerValue = parameter("value", "text", "header-value");

// A filter that shares a header's value with others may use the header's name as key or as a part of the path.
const key = parameter("key", "text", "header-name");
const path = parameter("path", "path", "header-name");
const value = parameter("value", "bytes", "header-value");

const buffer = parameter("buffer", BufferType);
const start = parameter("start", "u32");
const length = parameter("length", "u32");

const metric = parameter("metric", "u32");
const queue = parameter("queue", "u32");
const stream = parameter("stream", StreamType);

const call = parameter("call", "u32");
const message = parameter("message", "bytes");
const method = [
  parameter("upstream", "bytes"),
  parameter("service", "text"),
  parameter("method", "text"),
  parameter("metadata", "pairs"),
];

const ENV = { modules: ["env"], statuses: Status, atStart: false } as const;

/**
 * The functions of the import module `env` (proxy-wasm-cpp-host, src/wasm.cc, registerCallbacks). Each type was read from the error
 * that Envoy 1.36.4, 1.37.0, 1.38.2, 1.39.3 and 1.40.0 log for a module that imports the function with another one.
 */
export const ENV_FUNCTIONS = signatures(ENV, {
  proxy_log: { parameters: [parameter("level", LogLevel), parameter("message", "text")], atStart: true },
  proxy_get_log_level: { parameters: [result("level", LogLevel)], abis: ["0.2.1"] },

  proxy_get_status: { parameters: [result("code", "u32"), result("message", "text")] },

  proxy_get_property: { parameters: [path, result("value", "bytes", "header-value")] },
  proxy_set_property: { parameters: [path, value] },

  proxy_send_local_response: {
    parameters: [
      parameter("status_code", "u32"),
      parameter("details", "text"),
      parameter("body", "bytes"),
      parameter("headers", "pairs"),
      parameter("grpc_status", "u32"),
    ],
  },

  proxy_get_shared_data: { parameters: [key, result("value", "bytes", "header-value"), result("cas", "u32")] },
  proxy_set_shared_data: { parameters: [key, value, parameter("cas", "u32")] },

  proxy_register_shared_queue: { parameters: [parameter("name", "text"), result("queue", "u32")] },
  proxy_resolve_shared_queue: {
    parameters: [parameter("vm_id", "text"), parameter("name", "text"), result("queue", "u32")],
  },
  proxy_dequeue_shared_queue: { parameters: [queue, result("item", "bytes")] },
  proxy_enqueue_shared_queue: { parameters: [queue, parameter("item", "bytes")] },

  proxy_get_header_map_value: { parameters: [map, header, result("value", "text", "header-value")] },
  proxy_add_header_map_value: { parameters: [map, header, headerValue] },
  proxy_replace_header_map_value: { parameters: [map, header, headerValue] },
  proxy_remove_header_map_value: { parameters: [map, header] },
  proxy_get_header_map_pairs: { parameters: [map, result("pairs", "pairs")] },
  proxy_set_header_map_pairs: { parameters: [map, parameter("pairs", "pairs")] },
  proxy_get_header_map_size: { parameters: [map, result("size", "u32")] },

  proxy_get_buffer_bytes: { parameters: [buffer, start, length, result("bytes", "bytes")] },
  proxy_get_buffer_status: { parameters: [buffer, result("length", "u32"), result("flags", "u32")] },
  proxy_set_buffer_bytes: { parameters: [buffer, start, length, parameter("bytes", "bytes")] },

  proxy_http_call: {
    parameters: [
      parameter("upstream", "text"),
      parameter("headers", "pairs"),
      parameter("body", "bytes"),
      parameter("trailers", "pairs"),
      parameter("timeout", "u32"),
      result("call", "u32"),
    ],
  },

  proxy_grpc_call: { parameters: [...method, message, parameter("timeout", "u32"), result("call", "u32")] },
  proxy_grpc_stream: { parameters: [...method, result("call", "u32")] },
  proxy_grpc_send: { parameters: [call, message, parameter("end_of_stream", "u32")] },
  proxy_grpc_close: { parameters: [call] },
  proxy_grpc_cancel: { parameters: [call] },

  proxy_get_current_time_nanoseconds: { parameters: [result("time", "u64")] },
  proxy_set_tick_period_milliseconds: { parameters: [parameter("period", "u32")] },

  proxy_define_metric: {
    parameters: [parameter("type", MetricType), parameter("name", "text"), result("metric", "u32")],
  },
  proxy_increment_metric: { parameters: [metric, parameter("offset", "i64")] },
  proxy_record_metric: { parameters: [metric, parameter("value", "u64")] },
  proxy_get_metric: { parameters: [metric, result("value", "u64")] },

  proxy_continue_stream: { parameters: [stream], abis: SINCE_0_2_0 },
  proxy_close_stream: { parameters: [stream], abis: SINCE_0_2_0 },
  proxy_set_effective_context: { parameters: [parameter("context", "u32")] },
  proxy_done: { parameters: [] },

  proxy_call_foreign_function: {
    parameters: [parameter("function", "text"), parameter("arguments", "bytes"), result("results", "bytes")],
  },

  proxy_get_configuration: { parameters: [result("configuration", "bytes")], abis: ONLY_0_1_0 },
  proxy_continue_request: { parameters: [], abis: ONLY_0_1_0 },
  proxy_continue_response: { parameters: [], abis: ONLY_0_1_0 },
  proxy_clear_route_cache: { parameters: [], abis: ONLY_0_1_0 },

  pthread_equal: {
    parameters: [parameter("left", "u32"), parameter("right", "u32")],
    statuses: { false: 0, true: 1 },
  },
  emscripten_notify_memory_growth: { parameters: [parameter("memory", "u32")], results: [], atStart: true },
});
