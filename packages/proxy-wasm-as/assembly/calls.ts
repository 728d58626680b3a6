import { setEffectiveContext } from "./lifecycle";
import { Slots } from "./slots";
import { Status } from "./status";

/**
 * Which context made which call-out: a response is delivered to the root context, and this finds the stream that waits
 * for it. A table of its own for HTTP calls and one for gRPC, whose tokens may be the same numbers.
 *
 * No call allocates unless more call-outs are under way at once than ever before. What is never answered doesn't stay:
 * before the table grows, it forgets the calls of contexts that are gone.
 *
 * Made once: `const calls = new Calls()`.
 */
@final
@unmanaged
export class Calls extends Slots {
  /**
   * Takes a call in, right after it was made.
   *
   * @param token the call's, as {@link receivedNumber} has it
   * @param context the one that waits for it, a stream's or a root's
   */
  add(token: u32, context: u32): void {
    if (this.count && this.full) this.sweep(context);
    this.insert(token, context);
  }

  /**
   * Finds who waits for a call of which more may come, such as a gRPC stream, and makes it the effective context.
   *
   * @param token the call's
   * @returns the context's id; 0 for an unknown call and where the context is gone
   */
  of(token: u32): u32 {
    if (!this.mask) return 0;
    const context = this.find(token).owner;
    return context && setEffectiveContext(context) == Status.Ok ? context : 0;
  }

  /**
   * As {@link of}, for a call of which nothing more comes: forgets it.
   *
   * @param token the call's
   */
  take(token: u32): u32 {
    const context = this.of(token);
    this.delete(token);
    return context;
  }

  /**
   * Forgets a call, such as one that was cancelled; nothing happens for an unknown one.
   *
   * @param token the call's
   */
  delete(token: u32): void {
    if (!this.mask) return;
    const slot = this.find(token);
    if (slot.id) this.remove(slot);
  }

  /** Forgets the calls of contexts that are gone, and has the present one active again. */
  private sweep(present: u32): void {
    for (let i: u32 = 0; i < this.mask; ) {
      const slot = this.at(i);
      // The slot that is freed may be taken by the next one.
      if (slot.id && setEffectiveContext(slot.owner) != Status.Ok) this.remove(slot);
      else i++;
    }
    setEffectiveContext(present);
    // With little room won, the next sweep would soon come.
    if (this.count > this.mask >> 1) this.grow();
  }
}
