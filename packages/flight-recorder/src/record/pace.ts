/** Where a pace's cells are: the second that is running, and how many requests were recorded in it. */
const [SECOND, RECORDED] = [0, 1];

const DEFAULT = 200;

/** How many requests of a second are recorded, in all threads that share its cells. */
export class Pace {
  readonly perSecond: number;
  readonly cells: Int32Array<SharedArrayBuffer>;
  /** From this thread's clock to the machine's, which all threads see alike, in milliseconds. */
  readonly #offset = Number(process.hrtime.bigint() / 1_000_000n) - performance.now();

  /** @param cells those of another thread's pace to go by both */
  constructor(perSecond = DEFAULT, cells = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT))) {
    this.perSecond = perSecond;
    this.cells = cells;
  }

  /**
   * Whether one more may be recorded, which then counts.
   *
   * @param times how often the limit may be reached
   */
  takes(times = 1): boolean {
    const second = Math.floor((performance.now() + this.#offset) / 1000);
    const last = Atomics.load(this.cells, SECOND);
    // A thread that was held up since it looked at the clock must not turn it back.
    if (second > last && Atomics.compareExchange(this.cells, SECOND, last, second) === last) {
      Atomics.store(this.cells, RECORDED, 0);
    }
    if (Atomics.add(this.cells, RECORDED, 1) < times * this.perSecond) return true;
    Atomics.sub(this.cells, RECORDED, 1);
    return false;
  }
}
