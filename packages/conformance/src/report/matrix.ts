import { palette } from "@wasm-header-filter/cli";
import type { Outcome, Result } from "../run/outcome.ts";

const SIGNS: Record<Outcome, string> = { pass: "✓", fail: "✗", skip: "–", xfail: "x", xpass: "!" };
const LEGEND =
  "✓ as expected   ✗ not   – skipped   x known difference   ! known difference that is gone   · not for this proxy";

/** Up to this number, each case has a row. Above it, each topic has a row, and only cases that are not ✓ everywhere are listed. */
const SHORT = 25;

type Row = { readonly name: string; readonly cells: readonly string[] };

/**
 * Draws the results as a table: a column for each variant and proxy, a row for each topic or case.
 *
 * @param results in any order
 * @param colour the stream that it is written to, for colours
 * @returns lines; none without results
 */
export function matrix(results: readonly Result[], colour: { isTTY: boolean } = { isTTY: false }): string[] {
  if (results.length === 0) return [];
  const columns = unique(results.map(({ variant, proxy }) => `${variant} ${proxy}`));
  const of = (picked: readonly Result[]) =>
    columns.map((column) => picked.filter(({ variant, proxy }) => `${variant} ${proxy}` === column));
  const topics = unique(results.map(({ topic }) => topic)).sort();
  const long = unique(results.map(caseOf)).length > SHORT;

  const rows = topics.flatMap((topic): Row[] => {
    const inTopic = results.filter((result) => result.topic === topic);
    const names = unique(inTopic.map(({ name }) => name)).filter(
      (name) => !long || inTopic.some((result) => result.name === name && result.outcome !== "pass"),
    );
    const cases = names.map((name) => ({
      name: `  ${name}`,
      cells: of(inTopic.filter((result) => result.name === name)).map(([one]) => (one ? SIGNS[one.outcome] : "·")),
    }));
    return [{ name: topic, cells: long ? of(inTopic).map(summary) : columns.map(() => "") }, ...cases];
  });
  return [...draw(columns, rows, colour), "", LEGEND, ...notes(results)];
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
const caseOf = ({ topic, name }: Result): string => `${topic} / ${name}`;

/** The number of each outcome: `41 ✓ 1 ✗`. */
function summary(results: readonly Result[]): string {
  const counts = (Object.keys(SIGNS) as Outcome[]).map((outcome) => {
    const count = results.filter((result) => result.outcome === outcome).length;
    return count > 0 ? `${count} ${SIGNS[outcome]}` : "";
  });
  return counts.filter(Boolean).join(" ") || "·";
}

function draw(columns: readonly string[], rows: readonly Row[], colour: { isTTY: boolean }): string[] {
  const { bold, green, red, yellow } = palette(colour);
  const paint = (text: string) => (/[✗!]/.test(text) ? red : /[–x]/.test(text) ? yellow : green)(text);
  const first = Math.max(...rows.map(({ name }) => name.length));
  const widths = columns.map((column, at) =>
    Math.max(column.length, ...rows.map(({ cells }) => cells[at]?.length ?? 0)),
  );
  const line = (name: string, cells: readonly string[], style: (text: string) => string) =>
    [name.padEnd(first), ...cells.map((cell, at) => style(cell.padEnd(widths[at] ?? 0)))].join("   ").trimEnd();
  return [line("", columns, bold), ...rows.map(({ name, cells }) => line(name, cells, paint))];
}

/** Why cases were skipped or are known to differ, each reason once, with its number of cases. */
function notes(results: readonly Result[]): string[] {
  const told = results.filter(({ reason }) => reason !== undefined);
  const groups = Map.groupBy(
    told,
    ({ variant, proxy, outcome, reason }) => `${SIGNS[outcome]} ${variant} ${proxy}: ${reason}`,
  );
  return [...groups].map(([note, { length }]) => (length > 1 ? `${note} (${length} cases)` : note));
}
