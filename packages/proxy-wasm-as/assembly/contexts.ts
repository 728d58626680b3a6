import { Slots } from "./slots";

/**
 * Which state belongs to which context: a stream finds the state of the root context that made it. No call allocates
 * unless more contexts are alive at once than ever before.
 *
 * Made once: `const rules = new Contexts<Rule>()`.
 */
@final
@unmanaged
export class Contexts<T> extends Slots {
  /**
   * Takes a context in, from `proxy_on_context_create`.
   *
   * @param id the new context's
   * @param parent its root context's id; 0 for a root context
   */
  create(id: u32, parent: u32): void {
    this.insert(id, parent);
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
    if (!slot.state) slot = this.find(slot.owner);
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
    const slot = this.find(id);
    if (!slot.id) return null;
    const state = slot.state;
    if (isManaged<T>()) {
      if (state) __unpin(state);
    }
    this.remove(slot);
    return changetype<T | null>(state);
  }
}
