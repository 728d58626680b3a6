import { BufferType } from "../../abi/enums.ts";
import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { Status } from "../../abi/status.ts";
import { hostFunction } from "../host-function.ts";

const LAST = BufferType.call_data;

/**
 * Reads a part of a buffer; a part that reaches beyond its end is cut there.
 *
 * @returns OK (no bytes: size 0 and a null pointer); NOT_FOUND outside the buffer's phase; BAD_ARGUMENT for an unknown buffer or a part
 * whose end overflows; INVALID_MEMORY_ACCESS
 */
const get = hostFunction(ENV_FUNCTIONS.proxy_get_buffer_bytes, (vm) => (type, from, size, bytesAt, sizeAt) => {
  if (type >>> 0 > LAST) return Status.BAD_ARGUMENT;
  const source = vm.context.buffer(type);
  if (!source) return Status.NOT_FOUND;
  const end = Math.min((from >>> 0) + (size >>> 0), source.length);
  return vm.give(end > from >>> 0 ? source.slice(from >>> 0, end) : "", bytesAt, sizeAt);
});

/**
 * Returns a buffer's length.
 *
 * @returns OK (flags are always 0); NOT_FOUND outside the buffer's phase; BAD_ARGUMENT for an unknown buffer; INVALID_MEMORY_ACCESS
 */
const status = hostFunction(ENV_FUNCTIONS.proxy_get_buffer_status, (vm) => (type, lengthAt, flagsAt) => {
  if (type >>> 0 > LAST) return Status.BAD_ARGUMENT;
  const source = vm.context.buffer(type);
  if (!source) return Status.NOT_FOUND;
  const written = vm.memory.writeU32(lengthAt, source.length) && vm.memory.writeU32(flagsAt, 0);
  return written ? Status.OK : Status.INVALID_MEMORY_ACCESS;
});

/**
 * Changes a buffer: replaces its first `length` bytes (start 0), or appends (start at its end or beyond). Envoy supports
 * nothing else.
 *
 * @returns OK; NOT_FOUND outside the buffer's phase; BAD_ARGUMENT for an unknown buffer, one that can't be changed, or another
 * start; INVALID_MEMORY_ACCESS
 */
const set = hostFunction(ENV_FUNCTIONS.proxy_set_buffer_bytes, (vm) => (type, from, size, pointer, bytesSize) => {
  if (type >>> 0 > LAST) return Status.BAD_ARGUMENT;
  const target = vm.context.buffer(type);
  if (!target) return Status.NOT_FOUND;
  const bytes = vm.memory.bytes(pointer, bytesSize);
  if (!bytes) return Status.INVALID_MEMORY_ACCESS;
  return target.replace(from >>> 0, size >>> 0, bytes) ? Status.OK : Status.BAD_ARGUMENT;
});

export const bufferFunctions = [get, status, set];
