import type { Findings } from "./findings.ts";
import { type Figure, sections } from "./rows.ts";
import { bytes, grouped, seconds, times } from "./units.ts";

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

/** A table whose first columns are text. */
const table = (head: readonly string[], rows: readonly (readonly string[])[], words = 1): string =>
  [row(head), `|${head.map((_, at) => (at < words ? "---" : "--:")).join("|")}|`, ...rows.map(row)].join("\n");

/** The table "which variant should I choose", as the README has it. */
export function choice({ variants }: Findings): string {
  const rows = variants.map(({ variant, advice, size, memory, start, cpu, costs }) => [
    `\`${variant}\``,
    advice,
    bytes(size.raw),
    bytes(memory.later),
    start ? seconds(start.cpu) : "–",
    Object.values(costs)
      .map(({ instructions }) => grouped(instructions))
      .join(" / "),
    cpu ? Object.values(cpu).map(times).join(" / ") : "–",
  ]);
  const head = ["variant", "choose it when", "module", "linear memory", "CPU until Envoy is ready"];
  return table(
    [
      ...head,
      "wasm instructions per request, no `hello` / `hello`",
      "CPU per request to no filter's, no `hello` / `hello`",
    ],
    rows,
    2,
  );
}

/** The report as Markdown. */
export function markdown(findings: Findings): string {
  const parts = sections(findings).flatMap(({ title, note, figures }) => [
    `## ${title}`,
    note,
    ...(figures.length > 0 ? [wide(figures)] : []),
  ]);
  const { date, machine } = findings;
  const head = ["# The variants", `Measured on ${date}: ${machine}.`, "## Which variant should I choose?"];
  return `${[...head, choice(findings), ...parts].join("\n\n")}\n`;
}

/** Several figures as one table: a column for each variant. */
function wide(figures: readonly Figure[]): string {
  const names = [...new Set(figures.flatMap(({ rows }) => rows.map(({ name }) => name)))];
  const lines = figures.flatMap(({ title, columns, rows }) =>
    columns.map((column, at) => [
      `${title}: ${column}`,
      ...names.map((wanted) => rows.find(({ name }) => name === wanted)?.cells[at]?.text ?? ""),
    ]),
  );
  return table(["", ...names], lines);
}
