import { afterEach, expect, test, vi } from "vitest";
import { Pace } from "./pace.ts";

afterEach(() => vi.restoreAllMocks());

test("threads that share cells record so many requests in a second together, and failures once more", () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(1_000_000);
  const first = new Pace(3);
  const second = new Pace(3, first.cells);
  expect([first, second, first, second].map((pace) => pace.takes())).toEqual([true, true, true, false]);
  expect([second, first, second, first].map((pace) => pace.takes(2))).toEqual([true, true, true, false]);
  now.mockReturnValue(1_001_000);
  expect(second.takes()).toBe(true);
  // A thread whose look at the clock is old does not begin the last second anew.
  now.mockReturnValue(1_000_000);
  expect([first, first, first].map((pace) => pace.takes())).toEqual([true, true, false]);
});
