import { expect, test } from "vitest";
import { compareWithBudget } from "./budget.ts";
import type { RecordedCosts } from "./recorded.ts";

const cost = { hostCalls: [], entries: [], instructions: 1, instructionsOf1000: 1000 };
const recorded = (envoyInstructions: number | string): RecordedCosts => ({ kind: { ...cost, envoyInstructions } });
const ANEW = "more than 1 %; if that is meant: npm run report -- --record";

test.each([
  [10_000, true, "kind: 10000, recorded 10000: +0.00 %"],
  [10_100, true, "kind: 10100, recorded 10000: +1.00 %"],
  [10_101, false, `kind: 10101, recorded 10000: +1.01 %, ${ANEW}`],
  [9_900, true, "kind: 9900, recorded 10000: -1.00 %"],
  [9_000, true, `kind: 9000, recorded 10000: -10.00 %, ${ANEW}`],
  [0, false, `kind: 0, recorded 10000: -100.00 %, ${ANEW}`],
  [Number.NaN, false, "kind: NaN, recorded 10000: +NaN %"],
])("%d instructions with a budget of 10000: %s", (count, good, text) => {
  expect(compareWithBudget(recorded(10_000), { kind: count })).toEqual([{ good, text }]);
});

test("a count without a budget fails, and a budget without a count", () => {
  const missing = [{ good: false, text: "kind: 7, none recorded: npm run report -- --record" }];
  expect(compareWithBudget(undefined, { kind: 7 })).toEqual(missing);
  expect(compareWithBudget({ kind: cost }, { kind: 7 })).toEqual(missing);
  expect(compareWithBudget(recorded("not counted"), { kind: 7 })).toEqual(missing);
  expect(compareWithBudget(recorded(7), {})).toEqual([{ good: false, text: "kind: not counted, though recorded" }]);
});
