import { freeBlock, takeBlock } from "./free-list";

/**
 * Allocates memory outside the garbage collector, to be freed by {@link free}.
 *
 * @param size number of bytes
 * @returns their address, a multiple of 8; the module traps if the host allows no more memory
 */
export function allocate(size: usize): usize {
  return hasNoFree() ? takeBlock(size) : heap.alloc(size);
}

/**
 * Creates an instance of a class marked `@unmanaged`, with all fields 0. To be freed by {@link free}.
 *
 * Use it instead of `new`, whose memory the runtime `stub` cannot free.
 */
export function make<T>(): T {
  const address = allocate(offsetof<T>());
  memory.fill(address, 0, offsetof<T>());
  return changetype<T>(address);
}

/**
 * Frees memory of {@link allocate} or {@link make}. Only once.
 *
 * @param address what they returned
 */
export function free(address: usize): void {
  if (hasNoFree()) freeBlock(address);
  else heap.free(address);
}

/** Whether AssemblyScript's runtime is `stub`: the one that never frees memory by itself. */
// @ts-ignore: decorator
@inline
function hasNoFree(): bool {
  return isDefined(__reset);
}
