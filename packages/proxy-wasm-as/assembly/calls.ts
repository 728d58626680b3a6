import { setEffectiveContext } from "./lifecycle";
import { Slots } from "./slots";
import { Status } from "./status";

/**
 * Maps call-outs to the contexts that made them: a response is delivered to the root context, and this finds the stream
 * that waits for it. Use one table for HTTP calls and one for gRPC, whose tokens may be the same numbers.
 *
 * A call allocates only if more call-outs are pending than ever before. Before the table grows, it removes the calls of
 * contexts that no longer exist.
 *
 * Created once: `const calls = new Calls()`.
 */
@final
@unmanaged
export class Calls extends Slots {
  /**
   * Adds a call, right after it was made.
   *
   * @param token the call's token, from {@link receivedNumber}
   * @param context the context that waits for it, a stream or a root context
   */
  add(token: u32, context: u32): void {
    if (this.count && this.full) this.sweep(context);
    this.insert(token, context);
  }

  /**
   * Finds the context that waits for a call with more messages to come, such as a gRPC stream, and makes it the
   * effective context.
   *
   * @param token the call's token
   * @returns the context's id; 0 for an unknown call, or if the context no longer exists
   */
  of(token: u32): u32 {
    if (!this.mask) return 0;
    const context = this.find(token).owner;
    return context && setEffectiveContext(context) == Status.Ok ? context : 0;
  }

  /**
   * Like {@link of}, for a call that has ended: also removes it.
   *
   * @param token the call's token
   */
  take(token: u32): u32 {
    const context = this.of(token);
    this.delete(token);
    return context;
  }

  /**
   * Removes a call, such as a cancelled one; does nothing for an unknown one.
   *
   * @param token the call's token
   */
  delete(token: u32): void {
    if (!this.mask) return;
    const slot = this.find(token);
    if (slot.id) this.remove(slot);
  }

  /** Removes the calls of contexts that no longer exist, then makes the present context the effective one again. */
  private sweep(present: u32): void {
    for (let i: u32 = 0; i < this.mask; ) {
      const slot = this.at(i);
      // The next slot may move into the freed one.
      if (slot.id && setEffectiveContext(slot.owner) != Status.Ok) this.remove(slot);
      else i++;
    }
    setEffectiveContext(present);
    // If little was removed, the next sweep would come soon.
    if (this.count > this.mask >> 1) this.grow();
  }
}
