/** The cells of a pace: the current second, and the number of requests that were recorded in it. */
const [SECOND, RECORDED] = [0, 1];

const DEFAULT = 200;

/** Limits how many requests are recorded per second, in all workers that share its cells. */
export class Pace {
  readonly perSecond: number;
  readonly cells: Int32Array<SharedArrayBuffer>;
  /** Milliseconds between this worker's clock and the machine's, which is the same for all workers. */
  readonly #offset = Number(process.hrtime.bigint() / 1_000_000n) - performance.now();

  /**
   * @param perSecond the maximum number of requests per second, 200 by default
   * @param cells the cells of another worker's pace, to share its limit
   */
  constructor(perSecond = DEFAULT, cells = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT))) {
    this.perSecond = perSecond;
    this.cells = cells;
  }

  /**
   * Counts a request if the limit allows it.
   *
   * @param times multiplies the limit
   * @returns whether the request may be recorded
   */
  admits(times = 1): boolean {
    const second = Math.floor((performance.now() + this.#offset) / 1000);
    const last = Atomics.load(this.cells, SECOND);
    // A worker that was paused after it read the clock must not set the second back.
    if (second > last && Atomics.compareExchange(this.cells, SECOND, last, second) === last) {
      Atomics.store(this.cells, RECORDED, 0);
    }
    if (Atomics.add(this.cells, RECORDED, 1) < times * this.perSecond) return true;
    Atomics.sub(this.cells, RECORDED, 1);
    return false;
  }
}
