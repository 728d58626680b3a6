/** Something that is due at a time. */
export interface Due {
  /** Its number: what is due at the same time is in this order. */
  readonly id: number;
  /** Milliseconds, by any clock. */
  due: number;
  /** Where it is in its queue; -1: in none. */
  at: number;
}

/** What is due, the first one first: a binary heap whose entries know their places, so that each can be removed. */
export class TimerQueue<T extends Due> {
  readonly #heap: T[] = [];

  first(): T | undefined {
    return this.#heap[0];
  }

  add(entry: T): void {
    this.#rise(entry, this.#heap.length);
  }

  remove(entry: T): void {
    const { at } = entry;
    const last = this.#heap.pop();
    entry.at = -1;
    if (!last || last === entry) return;
    this.#rise(last, at);
    if (last.at === at) this.#sink(last, at);
  }

  #put(entry: T, at: number): void {
    this.#heap[at] = entry;
    entry.at = at;
  }

  #rise(entry: T, from: number): void {
    let at = from;
    while (at > 0) {
      const parent = this.#heap[(at - 1) >> 1] as T;
      if (isBefore(parent, entry)) break;
      this.#put(parent, at);
      at = (at - 1) >> 1;
    }
    this.#put(entry, at);
  }

  #sink(entry: T, from: number): void {
    let at = from;
    for (;;) {
      const left = this.#heap[2 * at + 1];
      const right = this.#heap[2 * at + 2];
      const child = left && right && isBefore(right, left) ? right : left;
      if (!child || isBefore(entry, child)) break;
      const place = child.at;
      this.#put(child, at);
      at = place;
    }
    this.#put(entry, at);
  }
}

function isBefore(one: Due, other: Due): boolean {
  return one.due < other.due || (one.due === other.due && one.id < other.id);
}
