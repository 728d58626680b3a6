import { Slots } from "./slots";

/**
 * Maps contexts to their states: a stream finds the state of the root context that created it. A call allocates only if
 * more contexts exist at once than ever before.
 *
 * Created once: `const rules = new Contexts<Rule>()`.
 */
@final
@unmanaged
export class Contexts<T> extends Slots {
  /**
   * Adds a context, from `proxy_on_context_create`.
   *
   * @param id the new context's id
   * @param parent its root context's id; 0 for a root context
   */
  create(id: u32, parent: u32): void {
    this.insert(id, parent);
  }

  /**
   * Sets the own state of a context.
   *
   * @param id the id of a context that was added
   * @param state kept until it is replaced or the context is deleted; an object may belong to one context only
   * @returns its previous own state, which must be freed if it is not garbage-collected
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
   * @param id a context's id
   * @returns the context's own state, else its root context's; null if there is none or the context is unknown
   */
  of(id: u32): T | null {
    if (!this.mask) return null;
    let slot = this.find(id);
    if (!slot.state) slot = this.find(slot.owner);
    return changetype<T | null>(slot.state);
  }

  /**
   * Removes a context, from `proxy_on_delete`; does nothing for an unknown one.
   *
   * @param id the context's id
   * @returns its previous own state, which must be freed if it is not garbage-collected
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
