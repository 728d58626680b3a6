import { expect, test } from "vitest";
import type { Outcome, Result } from "../run/outcome.ts";
import { matrix } from "./matrix.ts";
import { junit } from "./results.ts";

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
