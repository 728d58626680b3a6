import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Patience } from "./patience.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("calls back once, when the limit has passed since the last refresh", () => {
  const late = vi.fn();
  const patience = new Patience(1000, late);
  vi.advanceTimersByTime(900);
  patience.refresh();
  vi.advanceTimersByTime(900);
  expect(late).toHaveBeenCalledTimes(0);
  vi.advanceTimersByTime(5000);
  expect(late).toHaveBeenCalledTimes(1);
});

test("does not call back after its end", () => {
  const late = vi.fn();
  new Patience(1000, late).end();
  vi.advanceTimersByTime(5000);
  expect(late).toHaveBeenCalledTimes(0);
});

test("a machine that is too busy to run the process does not use up the limit", () => {
  vi.useRealTimers();
  const late = vi.fn();
  const patience = new Patience(1000, late);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200);
  return new Promise<void>((resolve) =>
    setImmediate(() =>
      setImmediate(() => {
        patience.end();
        expect(late).toHaveBeenCalledTimes(0);
        resolve();
      }),
    ),
  );
});
