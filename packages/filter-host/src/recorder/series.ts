import type { Sample } from "./recording.ts";

/** How many seconds are kept: ten minutes. */
const LENGTH = 600;

/** How many requests of a second are looked at for its percentiles. */
const MOST = 2000;

/** What the host looks like at one moment. */
export interface Gauges {
  readonly counters: Readonly<Record<string, number>>;
  readonly memoryPages: Readonly<Record<string, number>>;
}

/** Second by second: how many requests came, how long modules ran for them, and how counters and memories stood. */
export class Series {
  readonly samples: Sample[] = [];
  #requests = 0;
  #spent: number[] = [];

  /** @param spent milliseconds that modules ran for a request that has ended */
  count(spent: number): void {
    this.#requests++;
    if (this.#spent.length < MOST) this.#spent.push(spent);
  }

  /** Ends a second. */
  sample(gauges: Gauges): Sample {
    const sorted = this.#spent.sort((left, right) => left - right);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    const [p50, p99] = [at(0.5), at(0.99)];
    const sample: Sample = {
      time: Date.now(),
      requests: this.#requests,
      ...(p50 !== undefined && { p50 }),
      ...(p99 !== undefined && { p99 }),
      ...gauges,
    };
    this.#requests = 0;
    this.#spent = [];
    this.samples.push(sample);
    if (this.samples.length > LENGTH) this.samples.shift();
    return sample;
  }
}
