const MILLISECOND = 1_000_000n;

/**
 * Makes a clock that shows the time finer than in milliseconds: the system's clock, continued by a monotonic one from one millisecond to
 * the next. It follows the system's clock when that is set.
 *
 * @param monotonic nanoseconds since any fixed moment
 * @param system whole milliseconds since 1970
 * @returns nanoseconds since 1970, in the system clock's millisecond
 */
export function fineClock(monotonic: () => bigint, system: () => number): () => bigint {
  let offset: bigint | undefined;
  return () => {
    const from = BigInt(system()) * MILLISECOND;
    const ticks = monotonic();
    const now = ticks + (offset ?? from - ticks);
    const last = from + MILLISECOND - 1n;
    const kept = now < from ? from : now > last ? last : now;
    offset = kept - ticks;
    return kept;
  };
}
