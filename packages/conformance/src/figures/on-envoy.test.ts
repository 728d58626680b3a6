import { expect, test } from "vitest";
import { ratio } from "./on-envoy.ts";

test("the ratio is the median of the rounds' ratios, whatever one round or the whole machine did", () => {
  expect(ratio([20, 40, 900], [10, 20, 30])).toBe(2);
  expect(ratio([30], [20])).toBe(1.5);
});
