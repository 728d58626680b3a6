/** The first interval, in milliseconds, and how much longer the longest may be: Envoy's defaults. */
const BASE = 25;
const LONGEST = 10 * BASE;

/** How many requests of an upstream may wait for, or run in, a retry: Envoy's default `max_retries` of circuit breakers. */
const MAX_RETRIES = 3;

/** The delays before retries: random, up to twice as long each time (envoyproxy/envoy, source/common/common/backoff_strategy.cc). */
export class BackOff {
  #interval = BASE;

  /** The next delay in milliseconds. */
  next(): number {
    const delay = Math.floor(Math.random() * this.#interval);
    this.#interval = Math.min(2 * this.#interval, LONGEST);
    return delay;
  }
}

/** The retries of all requests to an upstream. */
export class RetryBudget {
  #active = 0;

  /** Takes one; false if there are too many. */
  take(): boolean {
    if (this.#active >= MAX_RETRIES) return false;
    this.#active++;
    return true;
  }

  /** Gives one back. */
  give(): void {
    this.#active--;
  }
}
