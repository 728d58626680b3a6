import type { RingView } from "./recording.ts";

/** Something that takes memory. */
interface Sized {
  readonly id: number;
  /** About how much; it may grow. */
  readonly bytes: number;
}

/** How much a ring holds: the oldest go first. */
export interface RingLimits {
  readonly requests: number;
  readonly bytes: number;
}

/** The newest things, bounded in their number and in their bytes. */
export class Ring<Item extends Sized> {
  readonly #limits: RingLimits;
  /** By id, the oldest first, with the bytes that were counted for them. */
  readonly #items = new Map<number, { readonly item: Item; counted: number }>();
  #bytes = 0;
  #forgotten = 0;

  constructor(limits: RingLimits) {
    this.#limits = limits;
  }

  get view(): RingView {
    const { requests: maxRequests, bytes: maxBytes } = this.#limits;
    return { requests: this.#items.size, maxRequests, bytes: this.#bytes, maxBytes, forgotten: this.#forgotten };
  }

  add(item: Item): void {
    this.#items.set(item.id, { item, counted: item.bytes });
    this.#bytes += item.bytes;
    this.#makeRoom();
  }

  /** Counts anew what has grown. */
  grown(item: Item): void {
    const entry = this.#items.get(item.id);
    if (!entry) return;
    this.#bytes += item.bytes - entry.counted;
    entry.counted = item.bytes;
    this.#makeRoom();
  }

  get(id: number): Item | undefined {
    return this.#items.get(id)?.item;
  }

  /** All of them, the oldest first. */
  all(): Item[] {
    return Array.from(this.#items.values(), ({ item }) => item);
  }

  clear(): void {
    this.#forgotten += this.#items.size;
    this.#items.clear();
    this.#bytes = 0;
  }

  #makeRoom(): void {
    for (const [id, { counted }] of this.#items) {
      if (this.#items.size <= this.#limits.requests && this.#bytes <= this.#limits.bytes) return;
      this.#items.delete(id);
      this.#bytes -= counted;
      this.#forgotten++;
    }
  }
}
