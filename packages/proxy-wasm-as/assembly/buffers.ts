import { borrow, unborrow } from "./bytes";
import { BufferType } from "./enums";
import { receivedData, receivedLength, receivedNumberAt } from "./receive";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_get_buffer_bytes")
declare function proxy_get_buffer_bytes(buffer: BufferType, start: u32, maxSize: u32, data: usize, size: usize): Status;

/**
 * Gets a part of a buffer into {@link received}.
 *
 * @param buffer which one
 * @param start offset of the first byte
 * @param maxSize maximum number of bytes; the result is shorter at the end of the buffer
 * @returns `Ok`; `NotFound` when there is no such buffer now; `BadArgument` when `start` + `maxSize` overflows.
 *   Specification, "proxy_get_buffer_bytes"
 */
export function getBuffer(buffer: BufferType, start: u32, maxSize: u32): Status {
  return proxy_get_buffer_bytes(buffer, start, maxSize, receivedData(), receivedLength());
}

// @ts-ignore: decorator
@external("env", "proxy_set_buffer_bytes")
declare function proxy_set_buffer_bytes(buffer: BufferType, start: u32, size: u32, data: usize, dataSize: i32): Status;

/**
 * Replaces a part of a buffer. `start` 0 and `size` 0 prepend; a `start` at or beyond the end appends.
 *
 * @param buffer which one
 * @param start offset of the first byte to replace
 * @param size number of bytes to replace
 * @param value the replacement, text or {@link Bytes}
 * @returns `Ok`; `NotFound` when there is no such buffer now; `BadArgument` for one that cannot be changed.
 *   Specification, "proxy_set_buffer_bytes"
 */
export function setBuffer<V>(buffer: BufferType, start: u32, size: u32, value: V): Status {
  const bytes = borrow<V>(value);
  const status = proxy_set_buffer_bytes(buffer, start, size, bytes.data, bytes.length);
  unborrow<V>(bytes);
  return status;
}

// @ts-ignore: decorator
@external("env", "proxy_get_buffer_status")
declare function proxy_get_buffer_status(buffer: BufferType, size: usize, ignored: usize): Status;

/**
 * Gets a buffer's size into {@link receivedNumber}, in bytes.
 *
 * @param buffer which one
 * @returns `Ok`; `NotFound` when there is no such buffer now. Specification, "proxy_get_buffer_status"
 */
export function getBufferSize(buffer: BufferType): Status {
  return proxy_get_buffer_status(buffer, receivedNumberAt(), memory.data(4, 4));
}
