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
    { ...one, start, cpu: { "without hello": 1.126 }, instructions: { "without hello": 23_456 } },
    { ...one, variant: "two", size: { raw: 617_284, gzip: 1 } },
  ],
  plain: { ...start, cpu: 0.1 },
  date: "2026-01-31",
  machine: "Envoy 1 on a machine",
};
const linesOf = (findings: Findings) => markdown(findings).split("\n");

test("Markdown has a table of each part, a column of each variant", () => {
  const lines = linesOf(measured);
  for (const line of [
    "Measured on 2026-01-31: Envoy 1 on a machine.",
    "| `one` | This \\| that. | 1.23 MB | 131.1 kB | 0.50 s | 12\u202f345 | 1.13× |",
    "|---|---|--:|--:|--:|--:|--:|",
    "|  | one | two |",
    "| cases: Envoy | 3 passed, 1 known to differ, 2 failed | 3 passed, 1 known to differ, 2 failed |",
    "| module size: gzip | 9.7 kB | 0.0 kB |",
    "| linear memory: after 100 000 requests | 131.1 kB | 131.1 kB |",
    "| host calls: without hello | 2 | 2 |",
    "| callbacks: without hello | 1 | 1 |",
    "| wasm instructions: without hello | 12\u202f345 | 12\u202f345 |",
    "|  | one | two | no filter |",
    "| until Envoy is ready: CPU time | 0.50 s | – | 0.10 s |",
    "| resident memory then: of the process | 100.0 MB | – | 100.0 MB |",
    "| CPU per request, to no filter’s: without hello | 1.13× | – |  |",
    "| CPU instructions more than without: without hello | 23.5k | – |  |",
  ]) {
    expect(lines).toContain(line);
  }
});

test("the same filter with other SDKs is shown as it is recorded", () => {
  const peers = {
    envoy: "1.2.3",
    filters: {
      ours: { written: "TypeScript", size: 1, instructions: { "no call-out": 30_000, "one call-out": 400_000 } },
      theirs: { written: "Rust 1", size: 1, instructions: { "one call-out": 200_000 } },
    },
  };
  const lines = linesOf({ ...measured, peers });
  expect(lines).toContain("| CPU instructions, ext-authz: no call-out | 30.0k | – |");
  expect(lines).toContain("| CPU instructions, ext-authz: one call-out | 400.0k | 200.0k |");
  expect(lines.join()).toContain("in Envoy 1.2.3");
  expect(html({ ...measured, peers })).toContain("theirs: Rust 1.");
  expect(linesOf(measured).join()).not.toContain("other SDKs");
});

test("where Envoy can't be measured, it says why instead of a table", () => {
  const text = markdown({ variants: [one], date: "", machine: "", missing: "no Envoy here" });
  expect(text).toMatch(/## On Envoy, measured\n\nNot measured: no Envoy here\.\n$/);
});

test("where instructions can't be counted, it says why, and measures the rest", () => {
  const lines = linesOf({ ...measured, uncounted: "Operation not permitted" });
  expect(lines.join()).toContain("CPU instructions per request were not counted: Operation not permitted.");
  expect(lines.filter((line) => line.startsWith("| CPU"))).toEqual([
    "| CPU per request, to no filter’s: without hello | 1.13× | – |  |",
  ]);
});

test("the page needs nothing from elsewhere, and text stays text", () => {
  const page = html(measured);
  expect(page).not.toMatch(/https?:|src=|href=|url\(|@import|<script/);
  expect(page).toContain("A &amp; B &lt;C&gt;");
  for (const tag of ["table", "section", "tr", "th", "td", "article", "dl", "main"]) {
    expect(page.split(`<${tag}`).length, tag).toBe(
      page.split(`</${tag}>`).length + (tag === "th" ? page.split("<thead").length - 1 : 0),
    );
  }
});

test("bars of one figure share a scale, and what failed is marked in more than a colour", () => {
  const page = html(measured);
  const [, sizes] = /<caption>module size<\/caption>(.*?)<\/table>/s.exec(page) ?? [];
  expect([...(sizes ?? "").matchAll(/--share:([\d.]+)%/g)].map(([, share]) => share)).toEqual([
    "100.0",
    "0.8",
    "50.0",
    "0.0",
  ]);
  expect(page).toContain('<span class="bad"><span aria-hidden="true">✗</span> 3 passed, 1 known to differ, 2 failed');
  expect(page).toContain('<span class="good"><span aria-hidden="true">✓</span> 3 passed, 1 known to differ<');
});
