import { expect, test } from "vitest";
import { fineClock } from "./fine-clock.ts";
import { standardPlatform } from "./standard-platform.ts";

/** A clock over two that are set by hand. */
function clocks() {
  const at = { monotonic: 500n, system: 1_700_000_000_000 };
  const clock = fineClock(
    () => at.monotonic,
    () => at.system,
  );
  return { at, clock };
}

test("within a millisecond the monotonic clock counts on", () => {
  const { at, clock } = clocks();
  expect(clock()).toBe(1_700_000_000_000_000_000n);
  at.monotonic += 250n;
  expect(clock()).toBe(1_700_000_000_000_000_250n);
  at.monotonic += 999_749n;
  expect(clock()).toBe(1_700_000_000_000_999_999n);
  at.monotonic += 10n;
  expect(clock()).toBe(1_700_000_000_000_999_999n);
  at.system += 1;
  at.monotonic += 5n;
  expect(clock()).toBe(1_700_000_000_001_000_004n);
});

test("the next millisecond of the system corrects it", () => {
  const { at, clock } = clocks();
  clock();
  at.system += 1;
  at.monotonic += 300n;
  expect(clock()).toBe(1_700_000_000_001_000_000n);
  at.monotonic += 300n;
  expect(clock()).toBe(1_700_000_000_001_000_300n);
});

test.each([-3_600_000, 3_600_000])("it follows a system clock that is set by %i ms", (by) => {
  const { at, clock } = clocks();
  clock();
  at.monotonic += 100n;
  at.system += by;
  const set = BigInt(at.system) * 1_000_000n;
  const shown = clock();
  expect([shown >= set, shown < set + 1_000_000n]).toEqual([true, true]);
});

test("the platform of all runtimes shows more than milliseconds", () => {
  const times = Array.from({ length: 1000 }, () => standardPlatform.wallClock());
  expect(times.some((time) => time % 1_000_000n !== 0n)).toBe(true);
});
