import { Bytes } from "./bytes";
import { malloc, received, receivedData, receivedNumberAt } from "./receive";
import { Status } from "./status";

// The four functions of WASI that the specification includes and that have no counterpart in Proxy-Wasm.

/** What a WASI function returns: `wasi_errno_t`, section "Types". */
export enum Errno {
  Success = 0,
  BadDescriptor = 8,
  Fault = 21,
  Invalid = 28,
  NotSupported = 58,
}

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "clock_time_get")
declare function clock_time_get(clock: u32, precision: u64, time: usize): Errno;

/**
 * Gets a monotonic time into {@link receivedNumber}, in nanoseconds since an arbitrary moment.
 *
 * @returns `Success`; `NotSupported` if the host has no such clock, like some versions of Envoy; then use
 *   {@link getTime}. Specification, "wasi_snapshot_preview1.clock_time_get"
 */
export function getMonotonicTime(): Errno {
  return clock_time_get(1, 0, receivedNumberAt());
}

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "random_get")
declare function random_get(buffer: usize, size: i32): Errno;

/**
 * Gets random bytes, suitable for keys, into {@link received}.
 *
 * @param size how many; hosts allow at least 64 KiB
 * @returns `Success`; `Invalid` for too many. Specification, "wasi_snapshot_preview1.random_get"
 */
export function getRandom(size: i32): Errno {
  receivedData();
  const data = malloc(size);
  const errno = random_get(data, size);
  if (errno == Errno.Success) {
    received.data = data;
    received.length = size;
  }
  return errno;
}

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_sizes_get")
declare function environ_sizes_get(count: usize, size: usize): Errno;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_get")
declare function environ_get(pointers: usize, texts: usize): Errno;

// @ts-ignore: decorator
@inline const sizes: usize = memory.data(8, 4);

/**
 * Gets an environment variable of this VM into {@link received}.
 *
 * @param name the variable's name
 * @returns `Ok`; `NotFound`. Specification, "wasi_snapshot_preview1.environ_get"
 */
export function getVariable(name: Bytes): Status {
  receivedData();
  environ_sizes_get(sizes, sizes + 4);
  const end = load<u32>(sizes) << 2;
  const pointers = malloc(end + load<u32>(sizes, 4));
  environ_get(pointers, pointers + end);
  for (let i: u32 = 0; i < end; i += 4) {
    const text = load<usize>(pointers + i);
    if (memory.compare(text, name.data, name.length) || load<u8>(text + name.length) != 0x3d) continue;
    received.data = text + name.length + 1;
    while (load<u8>(received.data + received.length)) received.length++;
    return Status.Ok;
  }
  return Status.NotFound;
}
