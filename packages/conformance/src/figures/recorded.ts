import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { difference } from "../cases/difference.ts";
import type { RequestCost, RequestCosts } from "./per-request.ts";

/** The file beside a variant that has what a request costs in it. */
const FILE = "figures.json";
const WIDTH = 120;
const COMMAND = "npm run report -- --record";

/** Writes what requests cost down. @returns the file */
export function record(dir: string, costs: RequestCosts): string {
  const file = join(dir, FILE);
  const lines = Object.entries(costs).map(([name, cost]) => {
    const fields = Object.entries(cost).map(([field, value]) => written(field, value));
    return `  ${JSON.stringify(name)}: {\n${fields.join(",\n")}\n  }`;
  });
  writeFileSync(file, `{\n${lines.join(",\n")}\n}\n`);
  return file;
}

/** A field as formatters like it: a list in one line if that is short enough. */
function written(field: string, value: number | readonly string[]): string {
  const name = `    ${JSON.stringify(field)}: `;
  if (typeof value === "number") return name + value;
  const texts = value.map((one) => JSON.stringify(one));
  const line = `${name}[${texts.join(", ")}]`;
  return line.length < WIDTH ? line : `${name}[\n      ${texts.join(",\n      ")}\n    ]`;
}

/**
 * Compares what requests cost with what is recorded.
 *
 * @param dir the variant's folder
 * @returns one line for each difference, with what to do
 */
export function compareRecorded(dir: string, costs: RequestCosts): string[] {
  const file = join(dir, FILE);
  if (!existsSync(file)) return [`${file}: no such file; write it with ${COMMAND}`];
  const recorded = JSON.parse(readFileSync(file, "utf8")) as RequestCosts;
  const kinds = [...new Set([...Object.keys(recorded), ...Object.keys(costs)])];
  const found = kinds.flatMap((kind) => {
    const fields = Object.keys({ ...recorded[kind], ...costs[kind] }) as (keyof RequestCost)[];
    return fields.flatMap((field) => difference(`${kind}: ${field}`, recorded[kind]?.[field], costs[kind]?.[field]));
  });
  return found.length > 0 ? [...found, `if that is meant: ${COMMAND}`] : [];
}
