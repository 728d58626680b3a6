import type { Sample } from "./recording.ts";

/** The number of samples that are kept: ten minutes. */
const LENGTH = 600;

/** The number of requests per second that percentiles are computed from. */
const MOST = 2000;

/** Values at one point in time. */
export interface Gauges {
  readonly counters: Readonly<Record<string, number>>;
  readonly memoryPages: Readonly<Record<string, number>>;
}

/** A tally as plain data. */
export interface TallyData {
  readonly requests: number;
  /** The time in modules in milliseconds, for each of the first requests. */
  readonly spent: readonly number[];
}

/** Counts the requests that have ended, and the time that they spent in modules. */
export class Tally {
  #requests = 0;
  readonly #spent: number[] = [];

  /** @param spent the time that a request spent in modules, in milliseconds */
  count(spent: number): void {
    this.add({ requests: 1, spent: [spent] });
  }

  /** Adds another tally. */
  add({ requests, spent }: TallyData): void {
    this.#requests += requests;
    for (const one of spent) if (this.#spent.length < MOST) this.#spent.push(one);
  }

  /** @returns the tally as plain data */
  data(): TallyData {
    return { requests: this.#requests, spent: this.#spent };
  }
}

/** One sample per second: requests, time in modules, counters and memory. */
export class Series {
  readonly samples: Sample[] = [];
  /** Of the current second. */
  tally = new Tally();

  /** Ends the current second, and returns its sample. */
  sample(gauges: Gauges): Sample {
    const { requests, spent } = this.tally.data();
    const sorted = spent.toSorted((left, right) => left - right);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    const [p50, p99] = [at(0.5), at(0.99)];
    const sample: Sample = {
      time: Date.now(),
      requests,
      ...(p50 !== undefined && { p50 }),
      ...(p99 !== undefined && { p99 }),
      ...gauges,
    };
    this.tally = new Tally();
    this.samples.push(sample);
    if (this.samples.length > LENGTH) this.samples.shift();
    return sample;
  }
}
