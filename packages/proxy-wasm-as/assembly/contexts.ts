import { allocate, free } from "./heap";

// A slot holds a context's id (0 where free), its parent's id and its state.
// @ts-ignore: decorator
@inline const SLOT: usize = 12;

/**
 * Which state belongs to which context: a stream finds the state of the root context that made it. Slots are used again, so that memory grows with
 * the number of contexts alive at once and with nothing else; no call allocates unless that number reaches a new height.
 *
 * Made for ids that count up: an open-addressed table in which neighbours rarely collide.
 */
@final
@unmanaged
export class Contexts<T> {
  private slots: usize = 0;
  private mask: u32 = 0;
  private count: u32 = 0;

  /**
   * Takes a context in, from `proxy_on_context_create`.
   *
   * @param id the new context's
   * @param parent its root context's id; 0 for a root context
   * @param state its own state, kept alive until {@link delete}; without one, {@link of} finds the parent's
   */
  create(id: u32, parent: u32, state: T | null = null): void {
    if (this.count + (this.count >> 1) >= this.mask) this.grow();
    let slot = this.find(id);
    if (!load<u32>(slot)) this.count++;
    store<u32>(slot, id);
    store<u32>(slot, parent, 4);
    if (isManaged<T>()) {
      if (state) __pin(changetype<usize>(state));
    }
    store<usize>(slot, changetype<usize>(state), 8);
  }

  /**
   * @param id a context's id
   * @returns the context's state, or its parent's where it has none; null where neither is known
   */
  of(id: u32): T | null {
    if (!this.mask) return null;
    let slot = this.find(id);
    if (!load<usize>(slot, 8)) slot = this.find(load<u32>(slot, 4));
    return changetype<T | null>(load<usize>(slot, 8));
  }

  /**
   * Forgets a context, from `proxy_on_delete`.
   *
   * @param id the context's
   * @returns the state it had of its own, to be given back if it is not the garbage collector's; null otherwise
   */
  delete(id: u32): T | null {
    if (!this.mask) return null;
    let hole = this.find(id);
    if (!load<u32>(hole)) return null;
    const state = changetype<T | null>(load<usize>(hole, 8));
    if (isManaged<T>()) {
      if (state) __unpin(changetype<usize>(state));
    }
    this.count--;
    // What collided with the deleted one moves up, so that no search ends too early.
    let index = <u32>((hole - this.slots) / SLOT);
    let next = index;
    while (true) {
      next = (next + 1) & this.mask;
      const slot = this.slots + <usize>next * SLOT;
      const key = load<u32>(slot);
      if (!key) break;
      if (((next - key) & this.mask) >= ((next - index) & this.mask)) {
        memory.copy(hole, slot, SLOT);
        hole = slot;
        index = next;
      }
    }
    memory.fill(hole, 0, SLOT);
    return state;
  }

  /** The slot of an id, or the free one where it would be. */
  private find(id: u32): usize {
    let index = id & this.mask;
    while (true) {
      const slot = this.slots + <usize>index * SLOT;
      const key = load<u32>(slot);
      if (key == id || !key) return slot;
      index = (index + 1) & this.mask;
    }
  }

  private grow(): void {
    const slots = this.slots;
    const end = slots ? slots + <usize>(this.mask + 1) * SLOT : 0;
    this.mask = slots ? (this.mask << 1) | 1 : 31;
    const size = <usize>(this.mask + 1) * SLOT;
    this.slots = allocate(size);
    memory.fill(this.slots, 0, size);
    for (let slot = slots; slot < end; slot += SLOT) {
      if (load<u32>(slot)) memory.copy(this.find(load<u32>(slot)), slot, SLOT);
    }
    if (slots) free(slots);
  }
}
