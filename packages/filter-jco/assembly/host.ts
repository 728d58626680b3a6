import { allocate, clear, give, out, release } from "./memory";
import * as proxy from "./proxy";
import { giveText } from "./utf8";

// The WIT interface "host" in the canonical ABI: strings and lists as address and size, records by the address of the result. Functions of
// two numbers are in integers.ts.

const OK: u32 = 0;

/** Writes a record of a status and an empty text or list. */
function answer(result: usize, status: u32): void {
  store<u32>(result, status);
  store<usize>(result, 1, 4);
  store<usize>(result, 0, 8);
}

function giveBytes(result: usize, status: u32): void {
  answer(result, status);
  if (status != OK) return;
  const size = load<usize>(out(), 4);
  store<usize>(result, give(load<usize>(out()), size), 4);
  store<usize>(result, size, 8);
}

export function host_log(level: u32, message: usize, size: usize): u32 {
  return proxy.proxy_log(level, message, size);
}

export function host_get_header(map: u32, name: usize, result: usize): void {
  const status = proxy.proxy_get_header_map_value(map, name + 8, load<usize>(name, 4), clear(), out() + 4);
  answer(result, status);
  if (status == OK) giveText(result + 4, load<usize>(out()), load<usize>(out(), 4));
}

export function host_get_headers(map: u32, result: usize): void {
  const status = proxy.proxy_get_header_map_pairs(map, clear(), out() + 4);
  answer(result, status);
  if (status != OK || load<usize>(out(), 4) < 4) return;
  const pairs = load<usize>(out());
  const count = load<u32>(pairs);
  if (count == 0) return;
  // giveText does not call the host, so the pairs stay valid.
  const list = give(pairs, 16 * count);
  let text = pairs + 4 + 8 * count;
  for (let i: u32 = 0; i < 2 * count; i++) {
    const size = load<u32>(pairs + 4 + 4 * i);
    giveText(list + 8 * i, text, size);
    text += size + 1;
  }
  store<usize>(result, list, 4);
  store<usize>(result, count, 8);
}

export function host_add_header(map: u32, name: usize, value: usize, size: usize): u32 {
  return proxy.proxy_add_header_map_value(map, name + 8, load<usize>(name, 4), value, size);
}

export function host_replace_header(map: u32, name: usize, value: usize, size: usize): u32 {
  return proxy.proxy_replace_header_map_value(map, name + 8, load<usize>(name, 4), value, size);
}

export function host_define_metric(type: u32, name: usize, size: usize, result: usize): void {
  store<u32>(result, proxy.proxy_define_metric(type, name, size, out()));
  store<f64>(result, <f64>load<u32>(out()), 8);
}

export function host_get_metric(metric: u32, result: usize): void {
  store<u32>(result, proxy.proxy_get_metric(metric, out()));
  store<f64>(result, <f64>load<u64>(out()), 8);
}

/** The segments, each ended by a zero byte but the last. */
export function host_get_property(path: usize, count: usize, result: usize): void {
  let size: usize = 0;
  for (let i: usize = 0; i < count; i++) size += load<usize>(path + 8 * i, 4) + 1;
  const joined = allocate(size);
  let at = joined;
  for (let i: usize = 0; i < count; i++) {
    const length = load<usize>(path + 8 * i, 4);
    memory.copy(at, load<usize>(path + 8 * i), length);
    store<u8>(at + length, 0);
    at += length + 1;
  }
  const status = proxy.proxy_get_property(joined, count == 0 ? 0 : size - 1, clear(), out() + 4);
  release(joined);
  giveBytes(result, status);
}

export function host_get_buffer(buffer: u32, start: u32, length: u32, result: usize): void {
  giveBytes(result, proxy.proxy_get_buffer_bytes(buffer, start, length, clear(), out() + 4));
}

export function host_set_buffer(buffer: u32, start: u32, length: u32, bytes: usize, size: usize): u32 {
  return proxy.proxy_set_buffer_bytes(buffer, start, length, bytes, size);
}

/** The headers in the ABI's form: count, sizes, then each text with a zero byte after it. */
export function host_send_local_response(status: u32, headers: usize, count: usize, body: usize, bodySize: usize): u32 {
  let size: usize = 4;
  for (let i: usize = 0; i < 2 * count; i++) size += 5 + load<usize>(headers + 8 * i, 4);
  const pairs = allocate(size);
  store<u32>(pairs, <u32>count);
  let at = pairs + 4 + 8 * count;
  for (let i: usize = 0; i < 2 * count; i++) {
    const length = load<usize>(headers + 8 * i, 4);
    store<u32>(pairs + 4 + 4 * i, <u32>length);
    memory.copy(at, load<usize>(headers + 8 * i), length);
    store<u8>(at + length, 0);
    at += length + 1;
  }
  const sent = proxy.proxy_send_local_response(status, 0, 0, body, bodySize, pairs, size, -1);
  release(pairs);
  return sent;
}
