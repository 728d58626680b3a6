/** Enumerations of ABI 0.2.1 (proxy-wasm/spec, abi-versions/v0.2.1), as name to number. */
export const LogLevel = { trace: 0, debug: 1, info: 2, warn: 3, error: 4, critical: 5 } as const;

export const HeaderMapType = {
  request_headers: 0,
  request_trailers: 1,
  response_headers: 2,
  response_trailers: 3,
  grpc_receive_initial_metadata: 4,
  grpc_receive_trailing_metadata: 5,
  http_call_response_headers: 6,
  http_call_response_trailers: 7,
} as const;

export const BufferType = {
  http_request_body: 0,
  http_response_body: 1,
  downstream_data: 2,
  upstream_data: 3,
  http_call_response_body: 4,
  grpc_receive_buffer: 5,
  vm_configuration: 6,
  plugin_configuration: 7,
  call_data: 8,
} as const;

export const StreamType = { request: 0, response: 1, downstream: 2, upstream: 3 } as const;

/** The types of metrics. */
export const MetricType = { counter: 0, gauge: 1, histogram: 2 } as const;

/** What a headers callback returns; Envoy's numbers (proxy-wasm-cpp-host, include/proxy-wasm/context_interface.h, FilterHeadersStatus). */
export const HeadersAction = {
  continue: 0,
  stop_iteration: 1,
  continue_and_end_stream: 2,
  stop_all_iteration_and_buffer: 3,
  stop_all_iteration_and_watermark: 4,
} as const;

/** What a body callback returns (FilterDataStatus in the same file). */
export const DataAction = {
  continue: 0,
  stop_iteration_and_buffer: 1,
  stop_iteration_and_watermark: 2,
  stop_iteration_no_buffer: 3,
} as const;

/** The name of a level that lines have. */
export type LogLevelName = keyof typeof LogLevel;

/** The lowest level that is logged; `off`: none is. */
export type LogThreshold = LogLevelName | "off";

/** The number that modules are told of a threshold: for `off`, one more than the highest level, as in Envoy. */
export const thresholdNumber = (threshold: LogThreshold): number =>
  threshold === "off" ? LogLevel.critical + 1 : LogLevel[threshold];

/** An enumeration: names and their numbers. */
export type Enum = Readonly<Record<string, number>>;

const reversed = new WeakMap<Enum, Map<number, string>>();

/** The name of an enumeration's number, or the number itself as text if it has none. */
export function nameOf(values: Enum, value: number): string {
  let names = reversed.get(values);
  if (!names) {
    names = new Map(Object.entries(values).map(([name, number]) => [number, name]));
    reversed.set(values, names);
  }
  return names.get(value) ?? String(value);
}
