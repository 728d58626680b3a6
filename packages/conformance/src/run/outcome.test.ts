import { expect, test } from "vitest";
import type { Case } from "../cases/case.ts";
import { isRed, judge, type Outcome } from "./outcome.ts";

const of = (xfail: Case["xfail"]) => ({ topic: "t", name: "n", xfail }) as Case;

test.each([
  ["as expected", [], [], "pass", false],
  ["a difference", [], ["d"], "fail", true],
  ["a known difference", [{ reason: "r" }], ["d"], "xfail", false],
  ["a known difference that is gone", [{ reason: "r" }], [], "xpass", true],
  ["a difference known of another proxy", [{ reason: "r", proxy: "envoy" }], ["d"], "fail", true],
  ["a difference known of another variant", [{ reason: "r", variant: "b" }], [], "pass", false],
] as [string, Case["xfail"], string[], Outcome, boolean][])("%s", (_, xfail, differences, outcome, red) => {
  const result = judge(of(xfail), "a", "host", differences);
  expect(result).toMatchObject({ outcome, differences, ...(outcome.startsWith("x") && { reason: "r" }) });
  expect(isRed(result.outcome)).toBe(red);
});
