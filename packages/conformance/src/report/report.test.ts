import { expect, test } from "vitest";
import type { Findings, VariantFindings } from "./findings.ts";
import { html } from "./html.ts";
import { markdown } from "./markdown.ts";

const counts = { passed: 3, known: 1, failed: 0, skipped: 0 };
const cost = { hostCalls: ["f", "g"], entries: ["h"], instructions: 12_345, instructionsOf1000: 1 };
const one: VariantFindings = {
  variant: "one",
  version: "1.0.0",
  description: "A & B <C>",
  advice: "This | that.",
  conformance: { host: counts, envoy: { ...counts, failed: 2 } },
  size: { raw: 1_234_567, gzip: 9_650 },
  memory: { start: 65_536, later: 131_072 },
  costs: { "without hello": cost },
};
const start = { seconds: 1.234, cpu: 0.5, rss: 1e8 };
const measured: Findings = {
  variants: [
    { ...one, start, cpu: { "without hello": 1.126 } },
    { ...one, variant: "two" },
  ],
  plain: { ...start, cpu: 0.1 },
  machine: "Envoy 1 on a machine",
};

test("Markdown has a table of each part, a column of each variant", () => {
  const text = markdown(measured);
  expect(text).toContain("| `one` | This \\| that. | 1.23 MB | 131.1 kB | 0.50 s | 12\u202f345 | 1.13× |");
  for (const line of [
    "|---|---|--:|--:|--:|--:|--:|",
    "|  | one 1.0.0 | two 1.0.0 |",
    "| Envoy | 3 passed, 1 known to differ, 2 failed | 3 passed, 1 known to differ, 2 failed |",
    "| size, gzip | 9.7 kB | 9.7 kB |",
    "| host calls, without hello | 2 | 2 |",
    "| CPU until then (no filter: 0.10 s) | 0.50 s | – |",
  ]) {
    expect(text.split("\n")).toContain(line);
  }
});

test("where Envoy can't be measured, it says why instead of a table", () => {
  const text = markdown({ variants: [one], machine: "", missing: "no Envoy here" });
  expect(text).toMatch(/## On Envoy, measured\n\nNot measured: no Envoy here\.\n$/);
});

test("the page needs nothing from elsewhere, and text stays text", () => {
  const page = html(measured);
  expect(page).not.toMatch(/https?:|src=|href=|url\(|@import|<script/);
  expect(page).toContain("A &amp; B &lt;C&gt;");
  expect(page.match(/<th scope="col">/g)).toHaveLength(8);
  for (const tag of ["table", "section", "tr", "th", "td", "dl", "main"]) {
    expect(page.split(`<${tag}`).length, tag).toBe(
      page.split(`</${tag}>`).length + (tag === "th" ? page.split("<thead").length - 1 : 0),
    );
  }
});
