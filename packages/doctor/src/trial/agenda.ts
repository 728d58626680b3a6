import type { Platform } from "proxy-wasm-host";

/** How many actions one call of `settle` runs at most. */
const ACTIONS = 100;

/** How many ticks something is held for. */
const TICKS = 10;

/** What a module has asked for later: ticks, queues' items, answers. It runs when the trial says so; a tick does not wait for its time. */
export class Agenda {
  readonly #actions: (() => void)[] = [];
  #timers: (() => void)[] = [];
  readonly #expected = new Set<Promise<void>>();

  /** A platform whose timers and queues are in this agenda. */
  platform(platform: Platform): Platform {
    return {
      ...platform,
      enqueue: (action) => this.add(action),
      startTimer: (_, action) => {
        this.#timers.push(action);
        return () => {
          this.#timers = this.#timers.filter((one) => one !== action);
        };
      },
    };
  }

  add(action: () => void): void {
    this.#actions.push(action);
  }

  /**
   * Expects an answer from outside of the trial.
   *
   * @param longest how long it is waited for, in milliseconds
   * @returns must be called when the answer is there
   */
  expect(longest: number): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#expected.add(promise);
    const timer = setTimeout(resolve, longest);
    promise.then(() => {
      clearTimeout(timer);
      this.#expected.delete(promise);
    });
    return resolve;
  }

  /** Runs what is due, and waits for expected answers. What is added meanwhile runs too, up to a limit. */
  async settle(): Promise<void> {
    for (let count = 0; count < ACTIONS; count++) {
      const action = this.#actions.shift();
      if (action) action();
      else if (this.#expected.size > 0) await Promise.race(this.#expected);
      else return;
    }
  }

  /** Runs each timer once, then what is due. @returns whether there was a timer */
  async tick(): Promise<boolean> {
    const timers = this.#timers;
    this.#timers = [];
    for (const timer of timers) timer();
    await this.settle();
    return timers.length > 0;
  }

  /** Runs what is due, and timers as long as a condition does not hold, up to a limit. */
  async goOn(until: () => boolean): Promise<void> {
    await this.settle();
    for (let tick = 0; tick < TICKS && !until(); tick++) if (!(await this.tick())) return;
  }
}
