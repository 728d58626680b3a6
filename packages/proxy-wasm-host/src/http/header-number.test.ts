import { expect, test } from "vitest";
import { headerNumber } from "./header-number.ts";

test.each([
  ["200", 200],
  ["0200", 200],
  ["0", 0],
  ["+202", 202],
  [" 7\t", 7],
  [undefined, undefined],
  ["", undefined],
  ["-1", undefined],
  ["1.5", undefined],
  ["0x10", undefined],
  ["201 Created", undefined],
  ["99999999999999999999", undefined],
])("%j is %j", (text, number) => {
  expect(headerNumber(text)).toBe(number);
});
