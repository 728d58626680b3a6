import { Status, statusName, Writer } from "proxy-wasm-as";

/** The host functions that the filter calls. */
export enum HostFunction {
  GetBufferBytes,
  DefineMetric,
  Log,
  GetHeaderMapValue,
  IncrementMetric,
  AddHeaderMapValue,
}

function nameOf(callee: HostFunction): string {
  switch (callee) {
    case HostFunction.GetBufferBytes: return "get_buffer_bytes";
    case HostFunction.DefineMetric: return "define_metric";
    case HostFunction.Log: return "log";
    case HostFunction.GetHeaderMapValue: return "get_header_map_value";
    case HostFunction.IncrementMetric: return "increment_metric";
    default: return "add_header_map_value";
  }
}

/**
 * Writes the line that tells of a failed host function.
 *
 * @returns false, as what was attempted has failed
 */
export function appendFailure(line: Writer, callee: HostFunction, status: Status): bool {
  line.clear().ascii("header filter: proxy_").ascii(nameOf(callee)).ascii(" failed: ");
  const name = statusName(status);
  if (name.length) line.ascii(name);
  else line.decimal(<u32>status);
  return false;
}
