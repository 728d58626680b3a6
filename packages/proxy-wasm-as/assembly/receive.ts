import { Bytes } from "./bytes";
import { allocate, free } from "./heap";

// Memory for data that a host delivers on each request, such as a header's value; larger data gets separate blocks.
// @ts-ignore: decorator
@inline const ROOM: usize = 4096;
const room = memory.data(4096, 8);
let used: usize = 0;

// Blocks for larger data; each starts with the address of the previous one.
// @ts-ignore: decorator
@inline const LINK: usize = 16;
let large: usize = 0;

// Bytes after the data, for a reader that marks the end of its text or reads ahead.
// @ts-ignore: decorator
@inline const SPARE: usize = 8;

let expecting = false;

/**
 * The host's allocator: {@link malloc} of the specification, section "Memory management". Not for filters to call.
 *
 * Memory that was allocated since one call that delivers data lives until the next such call. Then it is reused, and
 * larger blocks are freed.
 *
 * @param size number of bytes
 * @returns the address; the module traps when the memory's limit is reached
 */
export function malloc(size: usize): usize {
  if (expecting) {
    expecting = false;
    release();
  }
  size = (size + SPARE + 7) & ~7;
  if (size <= ROOM - used) {
    const data = room + used;
    used += size;
    return data;
  }
  const block = allocate(LINK + size);
  store<usize>(block, large);
  large = block;
  return block + LINK;
}

/**
 * Frees the memory of {@link received} now rather than at the next call that delivers data. Useful after large data.
 */
export function release(): void {
  received.data = 0;
  received.length = 0;
  used = 0;
  while (large) {
    const block = large;
    large = load<usize>(block);
    free(block);
  }
}

/**
 * The data of the last host call that delivers any, such as a header's value. Valid until the next such call, and empty
 * unless its status was `Ok`. The eight bytes after the last one may be read and written, for example to mark the end.
 *
 * An empty value has no bytes and the status `Ok`; an absent one has the status `NotFound`.
 */
export const received: Bytes = changetype<Bytes>(memory.data(8, 8));

// @ts-ignore: decorator
@inline const number: usize = memory.data(8, 8);

/** The number of the last host call that delivers one, such as a metric's value. */
export function receivedNumber(): u64 {
  return load<u64>(number);
}

/**
 * Where the host writes the address of the data. Empties {@link received}, whose bytes stay readable during the
 * call.
 */
// @ts-ignore: decorator
@inline
export function receivedData(): usize {
  expecting = true;
  received.data = 0;
  received.length = 0;
  return changetype<usize>(received) + offsetof<Bytes>("data");
}

/** Where the host writes the size of the data. */
// @ts-ignore: decorator
@inline
export function receivedLength(): usize {
  return changetype<usize>(received) + offsetof<Bytes>("length");
}

/** Where the host writes a number. */
// @ts-ignore: decorator
@inline
export function receivedNumberAt(): usize {
  store<u64>(number, 0);
  return number;
}
