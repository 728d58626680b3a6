import { freeBlock, takeBlock } from "./free-list";

/**
 * Memory that is given back by hand, outside the garbage collector's reach.
 *
 * @param size number of bytes
 * @returns their address, a multiple of 8; the module traps where the host allows no more memory
 */
export function allocate(size: usize): usize {
  return hasNoFree() ? takeBlock(size) : heap.alloc(size);
}

/**
 * An instance of a class marked `@unmanaged`, all of its fields 0. To be given back by {@link free}.
 *
 * Use it instead of `new`, whose memory the runtime `stub` can't take back.
 */
export function make<T>(): T {
  const address = allocate(offsetof<T>());
  memory.fill(address, 0, offsetof<T>());
  return changetype<T>(address);
}

/**
 * Gives back what {@link allocate} or {@link make} returned, once.
 *
 * @param address what they returned
 */
export function free(address: usize): void {
  if (hasNoFree()) freeBlock(address);
  else heap.free(address);
}

/** Whether AssemblyScript's runtime is `stub`: the one that can be reset, and that never takes anything back. */
// @ts-ignore: decorator
@inline
function hasNoFree(): bool {
  return isDefined(__reset);
}
