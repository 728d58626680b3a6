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

/** What a tally says, as plain data. */
export interface TallyData {
  readonly requests: number;
  /** Milliseconds that modules ran, for each of the first of them. */
  readonly spent: readonly number[];
}

/** How many requests have ended, and how long modules ran for them. */
export class Tally {
  #requests = 0;
  readonly #spent: number[] = [];

  /** @param spent milliseconds that modules ran for a request */
  count(spent: number): void {
    this.add({ requests: 1, spent: [spent] });
  }

  add({ requests, spent }: TallyData): void {
    this.#requests += requests;
    for (const one of spent) if (this.#spent.length < MOST) this.#spent.push(one);
  }

  data(): TallyData {
    return { requests: this.#requests, spent: this.#spent };
  }
}

/** Second by second: how many requests came, how long modules ran for them, and how counters and memories stood. */
export class Series {
  readonly samples: Sample[] = [];
  /** Of the second that is running. */
  tally = new Tally();

  /** Ends a second. */
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
