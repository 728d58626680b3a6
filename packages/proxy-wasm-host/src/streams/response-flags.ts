/**
 * The bits of the property `response.flags` (envoyproxy/envoy, envoy/stream_info/stream_info.h, CoreResponseFlag; the names are those of
 * access logs, in source/common/stream_info/utility.h).
 */
export const ResponseFlag = {
  /** UH: the upstream has no address. */
  no_healthy_upstream: 0x2,
  /** UT: the response took too long. */
  upstream_request_timeout: 0x4,
  /** LR: the stream to the upstream was reset from this side. */
  local_reset: 0x8,
  /** UR: the upstream has reset the stream. */
  upstream_remote_reset: 0x10,
  /** UF: there is no connection to the upstream. */
  upstream_connection_failure: 0x20,
  /** UC: the upstream has closed the connection. */
  upstream_connection_termination: 0x40,
  /** UO: too many requests are being retried. */
  upstream_overflow: 0x80,
  /** NR: no route fits. */
  no_route_found: 0x100,
  /** DC: the client has closed the connection. */
  downstream_connection_termination: 0x4000,
  /** URX: the limit of retries is reached. */
  upstream_retry_limit_exceeded: 0x8000,
  /** SI: nothing has happened for too long. */
  stream_idle_timeout: 0x10000,
  /** DPE: the request cannot be read, or filters have made it invalid. */
  downstream_protocol_error: 0x40000,
  /** UMSDR: the request to the upstream took longer than it may. */
  upstream_max_stream_duration_reached: 0x80000,
  /** UPE: the upstream's response cannot be read. */
  upstream_protocol_error: 0x800000,
  /** DR: the client has reset the stream. */
  downstream_remote_reset: 0x10000000,
} as const;
