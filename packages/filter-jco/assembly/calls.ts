import * as proxy from "./beyond";
import { give, out } from "./memory";

// The WIT interface "calls" in the canonical ABI.

const UNIMPLEMENTED: u32 = 12;

@external("wasi_snapshot_preview1", "random_get")
declare function random_get(bytes: usize, size: usize): u32;

/** Of a list of byte strings, one's address or size; 0 behind the end. */
// @ts-ignore: decorator
@inline
function word(bytes: usize, count: usize, index: usize): usize {
  return index < 2 * count ? load<usize>(bytes + 4 * index) : 0;
}

/** Calls a function by its number in the guest API (`HostFunction`), and writes status, number, and the bytes' address and size. */
export function calls_call(which: u32, first: u32, second: u32, bytes: usize, count: usize, result: usize): void {
  const a = word(bytes, count, 0), aSize = word(bytes, count, 1);
  const b = word(bytes, count, 2), bSize = word(bytes, count, 3);
  const c = word(bytes, count, 4), cSize = word(bytes, count, 5);
  const d = word(bytes, count, 6), dSize = word(bytes, count, 7);
  const e = word(bytes, count, 8), eSize = word(bytes, count, 9);
  const start = out(), size = out() + 4, value = out() + 8, flags = out() + 16;
  store<u64>(start, 0);
  store<u64>(value, 0);
  let status = UNIMPLEMENTED;
  switch (which) {
    case 0: { status = proxy.proxy_get_status(value, start, size); break; }
    case 1: { status = proxy.proxy_get_log_level(value); break; }
    case 2: { status = proxy.proxy_set_property(a, aSize, b, bSize); break; }
    case 3: { status = proxy.proxy_send_local_response(first, a, aSize, b, bSize, c, cSize, <i32>second); break; }
    case 4: { status = proxy.proxy_get_header_map_size(first, value); break; }
    case 5: { status = proxy.proxy_set_header_map_pairs(first, a, aSize); break; }
    case 6: { status = proxy.proxy_get_buffer_status(first, value, flags); break; }
    case 7: { status = proxy.proxy_get_shared_data(a, aSize, start, size, value); break; }
    case 8: { status = proxy.proxy_set_shared_data(a, aSize, b, bSize, first); break; }
    case 9: { status = proxy.proxy_register_shared_queue(a, aSize, value); break; }
    case 10: { status = proxy.proxy_resolve_shared_queue(a, aSize, b, bSize, value); break; }
    case 11: { status = proxy.proxy_dequeue_shared_queue(first, start, size); break; }
    case 12: { status = proxy.proxy_enqueue_shared_queue(first, a, aSize); break; }
    case 13: { status = proxy.proxy_http_call(a, aSize, b, bSize, c, cSize, d, dSize, first, value); break; }
    case 14: { status = proxy.proxy_grpc_call(a, aSize, b, bSize, c, cSize, d, dSize, e, eSize, first, value); break; }
    case 15: { status = proxy.proxy_grpc_stream(a, aSize, b, bSize, c, cSize, d, dSize, value); break; }
    case 16: { status = proxy.proxy_grpc_send(first, a, aSize, second); break; }
    case 17: { status = proxy.proxy_grpc_close(first); break; }
    case 18: { status = proxy.proxy_grpc_cancel(first); break; }
    case 19: { status = proxy.proxy_set_tick_period_milliseconds(first); break; }
    case 20: { status = proxy.proxy_continue_stream(first); break; }
    case 21: { status = proxy.proxy_close_stream(first); break; }
    case 22: { status = proxy.proxy_set_effective_context(first); break; }
    case 23: { status = proxy.proxy_done(); break; }
    case 24: { status = proxy.proxy_call_foreign_function(a, aSize, b, bSize, start, size); break; }
    // Not of the ABI: 32 random bits.
    case 25: { status = random_get(value, 4); break; }
  }
  const length = status == 0 ? load<usize>(size) : 0;
  store<u32>(result, status);
  store<u32>(result, status == 0 ? load<u32>(value) : 0, 4);
  store<usize>(result, give(load<usize>(start), length), 8);
  store<usize>(result, length, 12);
}
