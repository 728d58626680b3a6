import { expect, test } from "vitest";
import type { Header } from "../cases/case.ts";
import { headerChange } from "./headers.ts";

const lines = (text: string): Header[] =>
  text
    .split(" ")
    .filter(Boolean)
    .map((line) => line.split("=") as [string, string]);

test.each([
  ["nothing", "a=1 b=2", "a=1 b=2", "", "", false],
  ["an addition among others", "a=1 b=2", "a=1 c=3 b=2", "c=3", "", false],
  ["an addition of a name that is there", "a=1", "a=1 a=2", "a=2", "", false],
  ["an addition of a line that is there", "a=1 b=2", "a=1 b=2 a=1", "a=1", "", false],
  ["additions in their order", "", "b=2 a=1 b=2", "b=2 a=1 b=2", "", false],
  ["a change of value", "a=1 b=2", "a=2 b=2", "a=2", "a=1", false],
  ["one of two equal lines gone", "a=1 a=1", "a=1", "", "a=1", false],
  ["another order", "a=1 b=2", "b=2 a=1", "", "", true],
  ["volatile values", "date=now x-request-id=1", "date=later x-request-id=2", "", "", false],
  ["a volatile line gone", "date=now", "", "", "date=*", false],
])("%s", (_, before, after, added, removed, reordered) => {
  expect(headerChange(lines(before), lines(after))).toEqual({
    added: lines(added),
    removed: lines(removed),
    reordered,
  });
});
