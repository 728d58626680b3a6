import { realloc } from "./guest";

// The component's allocator cannot free, so the adapter reuses memory: blocks of powers of two, with a list of free ones per size.

const HEADER: usize = 8;
const SMALLEST: u32 = 5;

/** The first free block of each size; the table itself is the first block. */
let free: usize = 0;

/** A block of at least `size` bytes, aligned to 8. */
export function allocate(size: usize): usize {
  if (free == 0) {
    free = realloc(0, 0, 8, 32 * sizeof<usize>());
    memory.fill(free, 0, 32 * sizeof<usize>());
  }
  const power = max(SMALLEST, 32 - <u32>clz<u32>(<u32>(size + HEADER - 1)));
  const list = free + <usize>power * sizeof<usize>();
  let block = load<usize>(list);
  if (block != 0) {
    store<usize>(list, load<usize>(block));
  } else {
    block = realloc(0, 0, 8, <usize>1 << power) + HEADER;
    store<u32>(block - HEADER, power);
  }
  return block;
}

/** Frees a block of {@link allocate}. */
export function release(block: usize): void {
  const list = free + <usize>load<u32>(block - HEADER) * sizeof<usize>();
  store<usize>(block, load<usize>(list));
  store<usize>(list, block);
}

/** The number of bytes of a block. */
export function capacity(block: usize): usize {
  return (<usize>1 << load<u32>(block - HEADER)) - HEADER;
}

/** Memory for what the proxy returns, one value at a time: a result is used before the next host call. */
let received: usize = 0;

/** The proxy's `malloc`. */
export function receive(size: usize): usize {
  if (received == 0 || capacity(received) < size) {
    if (received != 0) release(received);
    received = allocate(size);
  }
  return received;
}

/** Where host functions write numbers, pointers and lengths: three words of eight bytes. */
let words: usize = 0;

// @ts-ignore: decorator
@inline
export function out(): usize {
  if (words == 0) words = allocate(24);
  return words;
}

/** The same, filled with zeros, because a host call that fails or returns nothing need not write. */
export function clear(): usize {
  store<u64>(out(), 0);
  return out();
}

/** Copies a result for the component, which frees it. */
export function give(bytes: usize, size: usize): usize {
  // The address of no bytes is their alignment, as callers of the canonical ABI expect.
  if (size == 0) return 1;
  const copy = realloc(0, 0, 1, size);
  memory.copy(copy, bytes, size);
  return copy;
}
