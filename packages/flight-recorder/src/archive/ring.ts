import type { RingView } from "./recording.ts";

/** Something that takes memory. */
interface Sized {
  /** Grows with each one that is made. */
  readonly id: number;
  /** About how much; it may grow. */
  readonly bytes: number;
  /** What of it the ring has counted; 0: it is not in the ring. */
  counted: number;
}

/** How much a ring holds: the oldest go first. */
export interface RingLimits {
  readonly requests: number;
  readonly bytes: number;
}

/** The newest things, bounded in their number and in their bytes. */
export class Ring<Item extends Sized> {
  readonly #limits: RingLimits;
  /** The oldest first; what stands before `#first` is gone. */
  #items: (Item | undefined)[] = [];
  #first = 0;
  #bytes = 0;
  #forgotten = 0;

  constructor(limits: RingLimits) {
    this.#limits = limits;
  }

  get view(): Omit<RingView, "passedOver"> {
    const { requests: maxRequests, bytes: maxBytes } = this.#limits;
    return { requests: this.#size, maxRequests, bytes: this.#bytes, maxBytes, forgotten: this.#forgotten };
  }

  add(item: Item): void {
    this.#items.push(item);
    this.#count(item);
  }

  /** Counts anew what has grown, if it is still there. */
  grown(item: Item): void {
    if (item.counted > 0) this.#count(item);
  }

  get(id: number): Item | undefined {
    return this.all().find((item) => item.id === id);
  }

  /** All of them, the oldest first. */
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
    // Moving what is left comes once for many that went.
    if (this.#first > 1024 && this.#first > this.#size) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
  }
}
