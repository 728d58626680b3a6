import { expect, test } from "vitest";
import type { Case } from "./case.ts";
import { matrix } from "./matrix.ts";
import { isRed, judge, type Outcome, type Result } from "./outcome.ts";
import { junit } from "./report.ts";

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

const result = (
  topic: string,
  name: string,
  proxy: "host" | "envoy",
  outcome: Outcome,
  more: Partial<Result> = {},
): Result => ({
  topic,
  name,
  variant: "as",
  proxy,
  outcome,
  differences: [],
  ...more,
});

const few = [
  result("one", "good", "host", "pass"),
  result("one", "good", "envoy", "skip", { reason: "no Envoy here" }),
  result("two", "bad", "host", "fail", { differences: ['status: expected "<200>", got "\u0001"'] }),
  result("two", "known", "host", "xfail", { reason: "not yet" }),
  result("two", "gone", "envoy", "xpass", { reason: "was so" }),
];

test("the matrix has a row for each of a few cases", () => {
  expect(matrix(few).join("\n")).toBe(`\
          as host   as envoy
one
  good    ✓         –
two
  bad     ✗         ·
  known   x         ·
  gone    ·         !

✓ as expected   ✗ not   – skipped   x known difference   ! known difference that is gone   · not for this proxy
– as envoy: no Envoy here
x as host: not yet
! as envoy: was so`);
});

test("the matrix of many cases counts by topic and names only what is not as expected", () => {
  const many = Array.from({ length: 40 }, (_, at) => result("one", `good-${at}`, "host", "pass"));
  expect(
    matrix([...many, ...few])
      .slice(0, 7)
      .join("\n"),
  ).toBe(`\
          as host   as envoy
one       41 ✓      1 –
  good    ✓         –
two       1 ✗ 1 x   1 !
  bad     ✗         ·
  known   x         ·
  gone    ·         !`);
});

test("JUnit takes xpass for a failure, xfail for skipped, and any text", () => {
  const xml = junit(few);
  expect(xml).toContain('<testsuite name="as / host" tests="3" failures="1" skipped="1">');
  expect(xml).toContain('<testsuite name="as / envoy" tests="2" failures="1" skipped="1">');
  expect(xml).toContain('<failure message="status: expected &quot;&lt;200&gt;&quot;, got &quot;\ufffd&quot;">');
  expect(xml).toContain('<skipped message="xfail: not yet">');
  expect(xml).toContain('<failure message="xpass: was so">');
});
