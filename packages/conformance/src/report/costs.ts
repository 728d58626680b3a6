import type { RecordedCosts } from "../figures/recorded.ts";
import { bytes, thousands } from "./units.ts";

/** A variant, as the table of costs shows it. */
export interface CostRow {
  readonly variant: string;
  /** What it is. */
  readonly description: string;
  readonly recorded: RecordedCosts | undefined;
  /** The module's size in bytes; left out: as the table had it. */
  readonly size?: number;
}

/** In a row of ours, the first cell starts with the variant's name. */
const OURS = /^\*\*`([a-z0-9-]+)`: (.+)\*\*$/;

/**
 * The table "what a request costs", as the README has it: the CPU instructions that filters add to a request in Envoy. Rows of other filters
 * stay; those of the variants are written anew from what their folders record.
 *
 * @param table the table so far; a variant that has a row keeps what the row calls it
 * @param variants those whose instructions are not counted have no row
 */
export function costTable(table: string, variants: readonly CostRow[]): string {
  const [head = "", line = "", ...rows] = table.split("\n");
  const cells = rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const before = new Map(cells.map((row) => [OURS.exec(row[0] ?? "")?.[1], row] as const));
  const others = cells.filter(([name = ""]) => !OURS.test(name));
  const ours = variants.flatMap(({ variant, description, recorded, size }) => {
    const counts = Object.values(recorded ?? {}).map(({ envoyInstructions }) => envoyInstructions);
    if (counts.length === 0 || !counts.every((count) => typeof count === "number")) return [];
    const [name, , , module = "–"] = before.get(variant) ?? [];
    const what = OURS.exec(name ?? "")?.[2] ?? description;
    const figures = [...counts.map(thousands), size === undefined ? module.replaceAll("*", "") : bytes(size)];
    return [[`**\`${variant}\`: ${what}**`, ...figures.map((figure) => `**${figure}**`)]];
  });
  const cost = ([, without = ""]: readonly string[]) => Number(/[\d.]+/.exec(without)?.[0]);
  const sorted = [...others, ...ours].toSorted((one, other) => cost(one) - cost(other));
  return [head, line, ...sorted.map((row) => `| ${row.join(" | ")} |`)].join("\n");
}
