import { callImport } from "./guest";
import { keep } from "./kept";
import { out } from "./memory";
import * as proxy from "./proxy";

// The functions of the WIT interface "host" that take two numbers and return a status; most requests call only these. For a call of an
// import, the engine converts each value through a generic type. A call with small integers is handled here instead, once it is known which
// of the engine's functions stands for which import.

let hasHeader: u64 = 0;
let addHeaders: u64 = 0;
let removeHeader: u64 = 0;
let incrementMetric: u64 = 0;
let recordMetric: u64 = 0;
let keepCallback: u64 = 0;

/** The function that JavaScript calls, until the import that it stands for is called. */
let called: u64 = 0;

/** Handles JavaScript's calls of imports, instead of the engine (JSClassCall). */
export function call_import(context: usize, callee: u64, self: u64, count: i32, values: usize, flags: i32): u64 {
  // A value is eight bytes, with a tag in the upper half that is 0 for an integer.
  if (count == 2 && (load<u32>(values, 4) | load<u32>(values, 12)) == 0) {
    const first = load<u32>(values);
    const second = load<u32>(values, 8);
    if (callee == hasHeader) return has(first, second);
    if (callee == addHeaders) return add(first, second);
    if (callee == incrementMetric) return increment(first, <i32>second);
    if (callee == removeHeader) return remove(first, second);
    if (callee == recordMetric) return record(first, <i32>second);
  }
  if (callee == keepCallback && count == 2 && load<u32>(values, 12) != 0) return keep(context, load<u32>(values), load<u64>(values, 8));
  called = callee;
  const result = callImport(context, callee, self, count, values, flags);
  called = 0;
  return result;
}

/** For a number, returns whether functions can be kept; a call with a function does not get here. */
export function host_keep_callback(callback: u32, offered: u32): u32 {
  keepCallback = called;
  return called != 0 ? 1 : 0;
}

export function host_has_header(map: u32, name: usize): u32 {
  hasHeader = called;
  return has(map, name);
}

export function host_add_headers(map: u32, headers: usize): u32 {
  addHeaders = called;
  return add(map, headers);
}

export function host_remove_header(map: u32, name: usize): u32 {
  removeHeader = called;
  return remove(map, name);
}

export function host_increment_metric(metric: u32, by: f64): u32 {
  incrementMetric = called;
  return increment(metric, by);
}

export function host_record_metric(metric: u32, value: f64): u32 {
  recordMetric = called;
  return record(metric, value);
}

function has(map: u32, name: usize): u32 {
  return proxy.proxy_get_header_map_value(map, name + 8, load<usize>(name, 4), out(), out() + 4);
}

function add(map: u32, headers: usize): u32 {
  let first: u32 = 0;
  const end = headers + 8 + 16 * load<usize>(headers, 4);
  for (let at = headers + 8; at < end; at += 16) {
    const status = proxy.proxy_add_header_map_value(
      map, load<usize>(at), load<usize>(at, 4), load<usize>(at, 8), load<usize>(at, 12),
    );
    if (first == 0) first = status;
  }
  return first;
}

function remove(map: u32, name: usize): u32 {
  return proxy.proxy_remove_header_map_value(map, name + 8, load<usize>(name, 4));
}

function increment(metric: u32, by: f64): u32 {
  return proxy.proxy_increment_metric(metric, <i64>by);
}

function record(metric: u32, value: f64): u32 {
  return proxy.proxy_record_metric(metric, <u64>value);
}
