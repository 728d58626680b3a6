import { BufferType } from "./enums";
import { receivedData, receivedLength } from "./receive";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_get_buffer_bytes")
declare function proxy_get_buffer_bytes(buffer: BufferType, start: u32, maxSize: u32, data: usize, size: usize): Status;

/**
 * Gets a part of a buffer into {@link received}.
 *
 * @param buffer which one
 * @param start offset of the first byte
 * @param maxSize number of bytes at most; fewer come where the buffer ends
 * @returns `Ok`; `NotFound` when there is no such buffer now; `BadArgument` when `start` + `maxSize` overflows. Specification, "proxy_get_buffer_bytes"
 */
export function getBuffer(buffer: BufferType, start: u32, maxSize: u32): Status {
  return proxy_get_buffer_bytes(buffer, start, maxSize, receivedData(), receivedLength());
}
