import type { RingView } from "./recording.ts";

/** A record in a ring. */
interface Sized {
  /** Higher than the id of every earlier record. */
  readonly id: number;
  /** Its approximate size, which may grow. */
  readonly bytes: number;
  /** The size that the ring has counted; 0 if it is not in the ring. */
  counted: number;
}

/** The limits of a ring. */
export interface RingLimits {
  readonly requests: number;
  readonly bytes: number;
}

/** A ring buffer of the newest records, limited in number and size. The oldest are removed first. */
export class Ring<Item extends Sized> {
  readonly #limits: RingLimits;
  /** The oldest first; those before `#first` were removed. */
  #items: (Item | undefined)[] = [];
  #first = 0;
  #bytes = 0;
  #forgotten = 0;

  constructor(limits: RingLimits) {
    this.#limits = limits;
  }

  /** Its limits and how full it is. */
  get view(): Omit<RingView, "passedOver"> {
    const { requests: maxRequests, bytes: maxBytes } = this.#limits;
    return { requests: this.#size, maxRequests, bytes: this.#bytes, maxBytes, forgotten: this.#forgotten };
  }

  /** Adds a record, and removes the oldest ones that exceed the limits. */
  add(item: Item): void {
    this.#items.push(item);
    this.#count(item);
  }

  /** Updates the size of a record that has grown, if it is still in the ring. */
  grown(item: Item): void {
    if (item.counted > 0) this.#count(item);
  }

  /** @returns the record, or undefined if it is not in the ring */
  get(id: number): Item | undefined {
    return this.all().find((item) => item.id === id);
  }

  /** @returns all records, the oldest first */
  all(): Item[] {
    return this.#items.slice(this.#first) as Item[];
  }

  get #size(): number {
    return this.#items.length - this.#first;
  }

  #count(item: Item): void {
    this.#bytes += item.bytes - item.counted;
    item.counted = item.bytes;
    while (this.#size > 0 && (this.#size > this.#limits.requests || this.#bytes > this.#limits.bytes)) {
      const oldest = this.#items[this.#first] as Item;
      this.#items[this.#first++] = undefined;
      this.#bytes -= oldest.counted;
      oldest.counted = 0;
      this.#forgotten++;
    }
    // The array is copied once per 1,024 removals, not at each.
    if (this.#first > 1024 && this.#first > this.#size) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
  }
}
