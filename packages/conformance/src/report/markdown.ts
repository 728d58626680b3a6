import type { Findings } from "./findings.ts";
import { bytes, sections, thousands, times } from "./rows.ts";

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

/** A table whose first columns are words. */
const table = (head: readonly string[], rows: readonly (readonly string[])[], words = 1): string =>
  [row(head), `|${head.map((_, at) => (at < words ? "---" : "--:")).join("|")}|`, ...rows.map(row)].join("\n");

/** The table "which variant should I choose". */
function choice({ variants }: Findings): string {
  const rows = variants.map(({ variant, advice, size, memory, start, cpu, costs }) => [
    `\`${variant}\``,
    advice,
    bytes(size.raw),
    bytes(memory.later),
    start ? `${start.cpu.toFixed(2)} s` : "–",
    Object.values(costs)
      .map(({ instructions }) => thousands(instructions))
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
  const head = ["", ...findings.variants.map(({ variant, version }) => `${variant} ${version}`)];
  const parts = sections(findings).flatMap(({ title, note, rows }) => {
    const lines = rows.map(({ label, cells }) => [label, ...cells]);
    return [`## ${title}`, note, ...(lines.length > 0 ? [table(head, lines)] : [])];
  });
  return `${["# The variants", "## Which variant should I choose?", choice(findings), ...parts].join("\n\n")}\n`;
}
