import { expect, test } from "vitest";
import { compareTraces } from "./compare-traces.ts";

const [add, log, end] = [
  "f #2 on: proxy_add(a=1) -> OK",
  "f #2 on: proxy_log(m=x) -> OK",
  "f #2 on: proxy_end() -> OK",
];
const moved = { variants: ["other"], cases: ["a / case"], moved: "proxy_log", reason: "so it is" };

test("the first call that differs is told", () => {
  expect(compareTraces([add, log], [add, log], [])).toBeUndefined();
  expect(compareTraces([add, log], [log, add], [])).toBe(`host call 1: expected ${add}, got ${log}`);
  expect(compareTraces([add], [add, log], [])).toBe(`host call 2: expected nothing more, got ${log}`);
  expect(compareTraces([add, log], [add], [])).toBe(`host call 2: expected ${log}, got nothing more`);
});

test("a function that is known to be moved may be anywhere, but all else holds", () => {
  expect(compareTraces([add, log, end], [add, end, log], [moved])).toBeUndefined();
  expect(compareTraces([add, log, end], [add, end], [moved])).toBe(`host call 1: expected ${log}, got nothing more`);
  expect(compareTraces([add, log, end], [end, log, add], [moved])).toBe(`host call 1: expected ${add}, got ${end}`);
});

test("a known difference that is gone, or one of two that isn't needed, is a difference", () => {
  expect(compareTraces([add, log], [add, log], [moved])).toMatch(/^proxy_log is known to be moved and isn't any more/);
  const second = { ...moved, moved: "proxy_end" };
  expect(compareTraces([add, log, end], [log, add, end], [moved, second])).toMatch(/^proxy_end is known/);
});
