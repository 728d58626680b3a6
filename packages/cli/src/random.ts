/** Random choices that a seed determines, so that each input can be made again. */
export interface Random {
  /** An integer from 0 to below `limit`. */
  below(limit: number): number;
  /** True once in `times`, on average. */
  oneIn(times: number): boolean;
  /** One of the list. */
  pick<T>(list: readonly T[]): T;
  /** Between `least` and `most` results of `make`. */
  several<T>(least: number, most: number, make: () => T): T[];
  /** Random bytes. */
  bytes(size: number): Buffer;
}

/** @param seed any integer; equal seeds give equal choices (Marsaglia's xorshift with 32 bits) */
export function randomFrom(seed: number): Random {
  // A state of 0 would stay 0; neighbouring seeds must not begin alike.
  let state = Math.imul(seed + 1, 0x9e3779b1) | 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  for (let turn = 0; turn < 8; turn++) next();
  const random: Random = {
    below: (limit) => Math.floor((next() / 0x100000000) * limit),
    oneIn: (times) => random.below(times) === 0,
    pick: <T>(list: readonly T[]) => list[random.below(list.length)] as T,
    several: (least, most, make) => Array.from({ length: least + random.below(most - least + 1) }, make),
    bytes: (size) => Buffer.from(Array.from({ length: size }, () => random.below(256))),
  };
  return random;
}

/** Damages bytes in a few places: bits flip, runs are cut out, repeated, moved to another place, or replaced. */
export function damaged(random: Random, bytes: Uint8Array): Buffer {
  let result = Buffer.from(bytes);
  for (let times = 1 + random.below(4); times > 0 && result.length > 0; times--) {
    const at = random.below(result.length);
    const end = Math.min(result.length, at + 1 + random.below(random.pick([1, 8, 64])));
    const [before, run, after] = [result.subarray(0, at), result.subarray(at, end), result.subarray(end)];
    const kind = random.below(5);
    if (kind === 0)
      result = Buffer.concat([before, Buffer.from(run.map((byte) => byte ^ (1 << random.below(8)))), after]);
    else if (kind === 1) result = Buffer.concat([before, after]);
    else if (kind === 2) result = Buffer.concat([before, run, run, after]);
    else if (kind === 3) result = Buffer.concat([before, random.bytes(random.below(9)), after]);
    else result = Buffer.concat([run, before, after]);
  }
  return result;
}
