// Reusable blocks of memory, on top of a runtime that never frees: a third of the size of AssemblyScript's own memory
// manager.
//
// Free blocks are a list in the order of their addresses. The first one that fits is used, and neighbours are merged.
// A filter has few blocks at a time, so the list is short.

/** The header of a block. */
@unmanaged
class Block {
  /** Number of bytes, this header's included. */
  size: usize;
  /** The next free block; undefined while the block is in use. */
  next: Block | null;
}

// @ts-ignore: decorator
@inline const HEADER: usize = offsetof<Block>();

/** Memory is taken from the runtime in pieces of at least this size. */
// @ts-ignore: decorator
@inline const PIECE: usize = 0x4000;

/** The list's head: a block of no size, before all others. */
const head = changetype<Block>(memory.data(offsetof<Block>(), 8));

/** Allocates a block of at least `size` bytes, and returns the address of its first byte. */
export function takeBlock(size: usize): usize {
  size = (size + HEADER + 7) & ~7;
  while (true) {
    let before = head;
    let block = before.next;
    while (block) {
      if (block.size >= size) {
        const rest = block.size - size;
        if (rest > HEADER) {
          block.size = rest;
          block = changetype<Block>(changetype<usize>(block) + rest);
          block.size = size;
        } else {
          before.next = block.next;
        }
        return changetype<usize>(block) + HEADER;
      }
      before = block;
      block = block.next;
    }
    const piece = max(size, PIECE);
    const start = heap.alloc(piece);
    changetype<Block>(start).size = piece;
    freeBlock(start + HEADER);
  }
}

/** Frees a block, given the address of its first byte. */
export function freeBlock(address: usize): void {
  const block = changetype<Block>(address - HEADER);
  let before = head;
  let after = before.next;
  while (after && changetype<usize>(after) < changetype<usize>(block)) {
    before = after;
    after = after.next;
  }
  before.next = block;
  block.next = after;
  join(block);
  join(before);
}

/** Makes a free block and the next one, if that begins where the first one ends, a single block. */
function join(block: Block): void {
  const next = block.next;
  if (next && changetype<usize>(block) + block.size == changetype<usize>(next)) {
    block.size += next.size;
    block.next = next.next;
  }
}
