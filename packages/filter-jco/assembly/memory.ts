import { realloc } from "./guest";

// The component's allocator can't free, so the adapter keeps what it no longer needs: blocks of powers of two, a list of free ones per size.

const HEADER: usize = 8;
const SMALLEST: u32 = 5;

/** First free block of each size; the table is the first block. */
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

/** Gives a block of {@link allocate} back. */
export function release(block: usize): void {
  const list = free + <usize>load<u32>(block - HEADER) * sizeof<usize>();
  store<usize>(block, load<usize>(list));
  store<usize>(list, block);
}

/** How many bytes a block holds. */
export function capacity(block: usize): usize {
  return (<usize>1 << load<u32>(block - HEADER)) - HEADER;
}

/** What the proxy returns lands here, one value at a time: a host call's answer is used before the next host call. */
let received: usize = 0;

/** Answers the proxy's `malloc`. */
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

/** The same, with zeros: a host call that fails, or that answers with nothing, need not write. */
export function clear(): usize {
  store<u64>(out(), 0);
  return out();
}

/** A copy for the component, which frees it: results that its functions own. */
export function give(bytes: usize, size: usize): usize {
  // The address of nothing is its alignment, as the canonical ABI's callers expect.
  if (size == 0) return 1;
  const copy = realloc(0, 0, 1, size);
  memory.copy(copy, bytes, size);
  return copy;
}
