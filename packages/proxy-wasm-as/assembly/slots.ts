import { allocate, free } from "./heap";

/** An id and its data. */
@unmanaged
export class Slot {
  /** 0 if the slot is free. */
  id: u32;
  /** The context it belongs to; 0 if there is none. */
  owner: u32;
  /** Other data; 0 if there is none. */
  state: usize;
}

/**
 * A table of ids. Slots are reused, so memory depends only on the largest number of ids at once, and a call allocates
 * only if that number grows.
 *
 * It uses open addressing, for ids that count up like a host's, which rarely collide.
 */
@unmanaged
export class Slots {
  protected slots: usize = 0;
  protected mask: u32 = 0;
  protected count: u32 = 0;

  /** Adds an id, which must not exist yet. */
  // @ts-ignore: decorator
  @inline
  protected insert(id: u32, owner: u32): void {
    if (this.full) this.grow();
    const slot = this.find(id);
    slot.id = id;
    slot.owner = owner;
    this.count++;
  }

  /** Whether the table must grow before another id is added. */
  // @ts-ignore: decorator
  @inline
  protected get full(): bool {
    return this.count + (this.count >> 1) >= this.mask;
  }

  /** Frees a slot that is in use. */
  protected remove(hole: Slot): void {
    // Slots that collided with it move up, so that no search ends too early.
    let gap = <u32>((changetype<usize>(hole) - this.slots) / offsetof<Slot>());
    for (let next = gap + 1; this.at(next).id; next++) {
      const slot = this.at(next);
      if (next - gap > ((next - slot.id) & this.mask)) continue;
      memory.copy(changetype<usize>(hole), changetype<usize>(slot), offsetof<Slot>());
      hole = slot;
      gap = next;
    }
    memory.fill(changetype<usize>(hole), 0, offsetof<Slot>());
    this.count--;
  }

  /** The slot at an index, which may be beyond the last. */
  // @ts-ignore: decorator
  @inline
  protected at(index: u32): Slot {
    return changetype<Slot>(this.slots + <usize>(index & this.mask) * offsetof<Slot>());
  }

  /** The slot of an id, or the free one where it would be. The table must have slots. */
  protected find(id: u32): Slot {
    let index = id;
    while (true) {
      const slot = this.at(index++);
      if (slot.id == id || !slot.id) return slot;
    }
  }

  protected grow(): void {
    const old = this.slots;
    let left = old ? (this.mask + 1) * offsetof<Slot>() : 0;
    const size = max(left << 1, 32 * offsetof<Slot>());
    this.mask = size / offsetof<Slot>() - 1;
    this.slots = allocate(size);
    memory.fill(this.slots, 0, size);
    while (left) {
      left -= offsetof<Slot>();
      const id = changetype<Slot>(old + left).id;
      if (id) memory.copy(changetype<usize>(this.find(id)), old + left, offsetof<Slot>());
    }
    if (old) free(old);
  }
}
