import { afterEach, expect, test, vi } from "vitest";
import { Pace } from "./pace.ts";

afterEach(() => vi.restoreAllMocks());

test("workers that share cells share one limit per second, and failures have a second limit", () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(1_000_000);
  const first = new Pace(3);
  const second = new Pace(3, first.cells);
  expect([first, second, first, second].map((pace) => pace.admits())).toEqual([true, true, true, false]);
  expect([second, first, second, first].map((pace) => pace.admits(2))).toEqual([true, true, true, false]);
  now.mockReturnValue(1_001_000);
  expect(second.admits()).toBe(true);
  // A worker that read the clock a second ago does not reset the count.
  now.mockReturnValue(1_000_000);
  expect([first, first, first].map((pace) => pace.admits())).toEqual([true, true, false]);
});
