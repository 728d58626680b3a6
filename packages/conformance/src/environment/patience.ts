/** How often a waiting process looks at its time, in ms. */
const TICK = 100;

/** A time limit for the other side of a connection. It counts ticks: while a machine is too busy to run either side, none comes. */
export class Patience {
  readonly #limit: number;
  readonly #timer: NodeJS.Timeout;
  #ticks = 0;

  /**
   * @param ms many times what a busy machine needs
   * @param late called once, when so much time has passed
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

  /** Begins anew. */
  refresh(): void {
    this.#ticks = 0;
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
