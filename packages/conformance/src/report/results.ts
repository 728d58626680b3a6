import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import type { Result } from "../run/outcome.ts";

/**
 * Writes `conformance.json` (all results) and `conformance.junit.xml` (the same for CI servers).
 *
 * @param folder created if it does not exist
 * @throws Failure if it is not writable
 */
export function writeReports(folder: string, results: readonly Result[]): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "conformance.json"), `${JSON.stringify(results, null, 2)}\n`);
    writeFileSync(join(folder, "conformance.junit.xml"), junit(results));
  } catch (error) {
    throw new Failure(`report folder ${folder}: not writable`, { cause: error });
  }
}

/** Results as JUnit XML: a suite for each variant and proxy. */
export function junit(results: readonly Result[]): string {
  const suites = Map.groupBy(results, ({ variant, proxy }) => `${variant} / ${proxy}`);
  const lines = [...suites].map(([suite, cases]) => {
    const count = (...outcomes: string[]) => cases.filter(({ outcome }) => outcomes.includes(outcome)).length;
    const counts = `tests="${cases.length}" failures="${count("fail", "xpass")}" skipped="${count("skip", "xfail")}"`;
    return [`  <testsuite name="${escaped(suite)}" ${counts}>`, ...cases.map(testcase), "  </testsuite>"].join("\n");
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${lines.join("\n")}\n</testsuites>\n`;
}

function testcase({ topic, name, outcome, reason, differences }: Result): string {
  const head = `    <testcase classname="${escaped(topic)}" name="${escaped(name)}"`;
  if (outcome === "pass") return `${head}/>`;
  const text = escaped(differences.join("\n"));
  const message = escaped(outcome === "fail" ? (differences[0] ?? "") : `${outcome}: ${reason}`);
  const kind = outcome === "skip" || outcome === "xfail" ? "skipped" : "failure";
  return `${head}>\n      <${kind} message="${message}">${text}</${kind}>\n    </testcase>`;
}

/** Escapes text for XML, and replaces characters that XML does not allow. */
function escaped(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;" };
  return text
    .replace(/[&<>"\n]/g, (character) => entities[character] ?? "")
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");
}
