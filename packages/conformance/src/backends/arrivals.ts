import { Patience } from "../environment/patience.ts";

/** How long one side waits for what the other has sent, in ms: many times what a busy machine needs. */
const PATIENCE = 5_000;

/** Counts what has arrived at one side, so that the other can wait for it. A message's head counts 1, each byte of its body 1. */
export class Arrivals {
  #count = 0;
  #waiting: { readonly from: number; readonly resolve: (arrived: boolean) => void }[] = [];

  add(count: number): void {
    this.#count += count;
    this.#waiting = this.#waiting.filter(({ from, resolve }) => {
      if (this.#count >= from) resolve(true);
      return this.#count < from;
    });
  }

  /** Waits until this much has arrived; false on timeout. */
  async reached(from: number): Promise<boolean> {
    if (this.#count >= from) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const patience = new Patience(PATIENCE, () => resolve(false));
    this.#waiting.push({ from, resolve });
    return promise.finally(() => patience.end());
  }
}
