import { Bytes } from "./bytes";
import { allocate, free } from "./heap";

// Room for what a host delivers on each request, such as a header's value; larger data gets memory of its own.
// @ts-ignore: decorator
@inline const ROOM: usize = 4096;
const room = memory.data(4096, 8);
let used: usize = 0;

// Blocks beyond the room, each with the address of the one before it in front.
// @ts-ignore: decorator
@inline const LINK: usize = 16;
let large: usize = 0;

// What a reader that marks the end of its text, or reads ahead, may use behind what was delivered.
// @ts-ignore: decorator
@inline const SPARE: usize = 8;

let expecting = false;

/**
 * The host's allocator: {@link malloc} of the specification, section "Memory management". Not for filters to call.
 *
 * All memory handed out since one delivering call lives until the next one: then it is used again, and what was too
 * large for the room is given back.
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
 * Gives back the memory behind {@link received} now rather than at the next delivering call; worth it after something
 * large.
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
 * What the last delivering host call brought, such as a header's value. Valid until the next such call, and empty
 * unless its status was `Ok`. Eight bytes after the last one may be written, such as a mark of the end, and read.
 *
 * An empty value has no bytes and the status `Ok`; an absent one has the status `NotFound`.
 */
export const received: Bytes = changetype<Bytes>(memory.data(8, 8));

// @ts-ignore: decorator
@inline const number: usize = memory.data(8, 8);

/** The number that the last host call brought which delivers one, such as a metric's value. */
export function receivedNumber(): u64 {
  return load<u64>(number);
}

/**
 * Where the host writes the address of what it delivers. Empties {@link received}, whose bytes stay readable during the
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

/** Where the host writes the size of what it delivers. */
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
