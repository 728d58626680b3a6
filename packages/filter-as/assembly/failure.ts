import { appendStatus, Status, Writer } from "proxy-wasm-as";

/** The host functions that the filter calls, as the index of the line that names them. */
export const enum HostFunction {
  GetBufferBytes,
  DefineMetric,
  Log,
  GetHeaderMapValue,
  IncrementMetric,
  AddHeaderMapValue,
}

const NAMES = `proxy_get_buffer_bytes
proxy_define_metric
proxy_log
proxy_get_header_map_value
proxy_increment_metric
proxy_add_header_map_value`;

/**
 * Writes the log line for a failed host function.
 *
 * @returns false, for the caller to return
 */
export function appendFailure(line: Writer, callee: HostFunction, status: Status): bool {
  line.clear().ascii("header filter: ").line(NAMES, callee).ascii(" failed: ");
  appendStatus(line, status);
  return false;
}
