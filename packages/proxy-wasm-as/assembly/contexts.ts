import { allocate, free } from "./heap";

/** What is known of a context. */
@unmanaged
class Slot {
  /** The context's id; 0 where the slot is free. */
  id: u32;
  /** Its root context's id; 0 for a root context. */
  parent: u32;
  /** Its own state; 0 where it has none. */
  state: usize;
}

/**
 * Which state belongs to which context: a stream finds the state of the root context that made it. Slots are used
 * again, so that memory grows with the number of contexts alive at once and with nothing else; no call allocates unless
 * that number reaches a new height.
 *
 * An open-addressed table for ids that count up, as a host's do: neighbours rarely collide. Made once: `const rules =
 * new Contexts<Rule>()`.
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
   */
  create(id: u32, parent: u32): void {
    if (this.count + (this.count >> 1) >= this.mask) this.grow();
    const slot = this.find(id);
    slot.id = id;
    slot.parent = parent;
    this.count++;
  }

  /**
   * Gives a context a state of its own.
   *
   * @param id a context's that was taken in
   * @param state kept alive until it is replaced or the context deleted; an object belongs to one context only
   * @returns the state it had of its own, to be given back if it is not the garbage collector's
   */
  set(id: u32, state: T): T | null {
    const slot = this.find(id);
    const old = slot.state;
    slot.state = changetype<usize>(state);
    if (isManaged<T>()) {
      __pin(slot.state);
      if (old) __unpin(old);
    }
    return changetype<T | null>(old);
  }

  /**
   * Finds the state for a callback.
   *
   * @param id a context's
   * @returns the context's own state, else its root context's; null where there is none or the context is unknown
   */
  of(id: u32): T | null {
    if (!this.mask) return null;
    let slot = this.find(id);
    if (!slot.state) slot = this.find(slot.parent);
    return changetype<T | null>(slot.state);
  }

  /**
   * Forgets a context, from `proxy_on_delete`; nothing happens for an unknown one.
   *
   * @param id the context's
   * @returns the state it had of its own, to be given back if it is not the garbage collector's
   */
  delete(id: u32): T | null {
    if (!this.mask) return null;
    let hole = this.find(id);
    if (!hole.id) return null;
    const state = hole.state;
    if (isManaged<T>()) {
      if (state) __unpin(state);
    }
    // What collided with the deleted one moves up, so that no search ends too early.
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
    return changetype<T | null>(state);
  }

  /** The slot at an index, which may be beyond the last. */
  // @ts-ignore: decorator
  @inline
  private at(index: u32): Slot {
    return changetype<Slot>(this.slots + <usize>(index & this.mask) * offsetof<Slot>());
  }

  /** The slot of an id, or the free one where it would be. */
  private find(id: u32): Slot {
    let index = id;
    while (true) {
      const slot = this.at(index++);
      if (slot.id == id || !slot.id) return slot;
    }
  }

  private grow(): void {
    const old = this.slots;
    const size = old ? this.mask + 1 : 0;
    this.mask = max(size << 1, 32) - 1;
    this.slots = allocate((<usize>this.mask + 1) * offsetof<Slot>());
    memory.fill(this.slots, 0, (<usize>this.mask + 1) * offsetof<Slot>());
    for (let i: u32 = 0; i < size; i++) {
      const slot = changetype<Slot>(old + i * offsetof<Slot>());
      if (slot.id) memory.copy(changetype<usize>(this.find(slot.id)), changetype<usize>(slot), offsetof<Slot>());
    }
    if (old) free(old);
  }
}
