/** The length of a tick, in ms. */
const TICK = 100;

/** A time limit for the other side of a connection. It counts ticks: while a machine is too busy to run either side, none comes. */
export class Patience {
  readonly #limit: number;
  readonly #timer: NodeJS.Timeout;
  #ticks = 0;

  /**
   * @param ms the limit
   * @param late called once, when the limit has passed
   */
  constructor(ms: number, late: () => void) {
    this.#limit = ms / TICK;
    this.#timer = setInterval(() => {
      this.#ticks++;
      if (this.#ticks < this.#limit) return;
      this.end();
      late();
    }, TICK).unref();
  }

  /** Starts again from zero. */
  refresh(): void {
    this.#ticks = 0;
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
