// The numbers of the section "Types" of the Proxy-Wasm specification 0.2.1.

/** What a headers, body or trailers callback returns: `proxy_action_t`. */
export enum Action {
  Continue = 0,
  Pause = 1,
}

/** Levels of {@link log}: `proxy_log_level_t`. */
export enum LogLevel {
  Trace = 0,
  Debug = 1,
  Info = 2,
  Warn = 3,
  Error = 4,
  Critical = 5,
}

/** Maps of HTTP fields: `proxy_map_type_t`. A map is available only in its own callbacks. */
export enum HeaderMap {
  RequestHeaders = 0,
  RequestTrailers = 1,
  ResponseHeaders = 2,
  ResponseTrailers = 3,
  GrpcCallInitialMetadata = 4,
  GrpcCallTrailingMetadata = 5,
  HttpCallResponseHeaders = 6,
  HttpCallResponseTrailers = 7,
}

/** Buffers: `proxy_buffer_type_t`. A buffer is available only in its own callbacks. */
export enum BufferType {
  RequestBody = 0,
  ResponseBody = 1,
  DownstreamData = 2,
  UpstreamData = 3,
  HttpCallResponseBody = 4,
  GrpcCallMessage = 5,
  VmConfiguration = 6,
  PluginConfiguration = 7,
  ForeignFunctionArguments = 8,
}

/** Streams that can be continued or closed: `proxy_stream_type_t`. */
export enum StreamType {
  Request = 0,
  Response = 1,
  Downstream = 2,
  Upstream = 3,
}

/** Who closed a TCP connection: `proxy_peer_type_t`. */
export enum PeerType {
  Unknown = 0,
  Local = 1,
  Remote = 2,
}

/** Kinds of metrics: `proxy_metric_type_t`. */
export enum MetricType {
  Counter = 0,
  Gauge = 1,
  Histogram = 2,
}
