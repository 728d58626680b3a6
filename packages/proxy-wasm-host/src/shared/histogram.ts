/** Samples between two bounds. */
interface Bin {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/**
 * Samples as Envoy stores them: rounded to two significant decimal digits, so that sums are approximate
 * (openhistogram/libcircllhist; checked against Envoy 1.40).
 */
export class Histogram {
  readonly #bins = new Map<number, Bin>();
  #count = 0;

  /** How many samples there are. */
  get count(): number {
    return this.#count;
  }

  /** The sum of the samples, each counted as the harmonic mean of its bin's bounds. */
  get sum(): number {
    let sum = 0;
    for (const { lower, upper, count } of this.#bins.values()) {
      if (lower !== 0) sum += (count * 2) / (1 / lower + 1 / upper);
    }
    return sum;
  }

  /** Adds a sample. As in Envoy, the unsigned 64 bits are read as a signed number. */
  record(sample: bigint): void {
    const value = Number(BigInt.asIntN(64, sample));
    const width = value === 0 ? 0 : 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
    const lower = value === 0 ? 0 : Math.sign(value) * Math.floor(Math.abs(value) / width + 1e-9) * width;
    const bin = this.#bins.get(lower) ?? { lower, upper: lower + Math.sign(value) * width, count: 0 };
    this.#bins.set(lower, { ...bin, count: bin.count + 1 });
    this.#count++;
  }

  /** How many samples are in bins that start at or below a bound. */
  countTo(bound: number): number {
    let count = 0;
    for (const bin of this.#bins.values()) if (bin.lower <= bound) count += bin.count;
    return count;
  }
}
