import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { difference } from "../cases/difference.ts";
import type { CountedRequest, CountedRequests } from "./per-request.ts";

/** What a request costs, as recorded in a variant's folder. */
interface RecordedCost extends CountedRequest {
  /** CPU instructions that the variant adds to the request in Envoy, or why they are not counted; left out: never counted. */
  readonly envoyInstructions?: number | string;
}

/** By kind of request. */
export type RecordedCosts = Readonly<Record<string, RecordedCost>>;

/** What writes the file anew. */
export const RECORD = "npm run report -- --record";

/** The file in a variant's folder that has what a request costs in it. */
const FILE = "figures.json";
const WIDTH = 120;

/**
 * Writes down what requests cost.
 *
 * @param dir the variant's folder
 * @param inEnvoy CPU instructions in Envoy by kind of request, or why they are not counted; left out: as recorded before
 * @returns the file
 */
export function record(
  dir: string,
  costs: CountedRequests,
  inEnvoy?: Readonly<Record<string, number>> | string,
): string {
  const file = join(dir, FILE);
  const before = readRecorded(dir);
  const lines = Object.entries(costs).map(([kind, cost]) => {
    const counted = typeof inEnvoy === "object" ? inEnvoy[kind] : inEnvoy;
    const envoyInstructions = counted ?? before?.[kind]?.envoyInstructions;
    const all = { ...cost, ...(envoyInstructions !== undefined && { envoyInstructions }) };
    const fields = Object.entries(all).map(([field, value]) => written(field, value));
    return `  ${JSON.stringify(kind)}: {\n${fields.join(",\n")}\n  }`;
  });
  writeFileSync(file, `{\n${lines.join(",\n")}\n}\n`);
  return file;
}

/** What is recorded in a variant's folder, if anything is. */
export function readRecorded(dir: string): RecordedCosts | undefined {
  const file = join(dir, FILE);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** A field as formatters like it: a list in one line if that is short enough. */
function written(field: string, value: number | string | readonly string[]): string {
  const name = `    ${JSON.stringify(field)}: `;
  if (typeof value !== "object") return name + JSON.stringify(value);
  const texts = value.map((one) => JSON.stringify(one));
  const line = `${name}[${texts.join(", ")}]`;
  return line.length < WIDTH ? line : `${name}[\n      ${texts.join(",\n      ")}\n    ]`;
}

/**
 * Compares what requests cost in a module with what is recorded.
 *
 * @param dir the variant's folder
 * @returns one line for each difference, with what to do
 */
export function compareRecorded(dir: string, costs: CountedRequests): string[] {
  const recorded = readRecorded(dir);
  if (!recorded) return [`${join(dir, FILE)}: no such file; write it with ${RECORD}`];
  const kinds = [...new Set([...Object.keys(recorded), ...Object.keys(costs)])];
  const found = kinds.flatMap((kind) => {
    const { envoyInstructions: _, ...inModule } = { ...recorded[kind] };
    const fields = Object.keys({ ...inModule, ...costs[kind] }) as (keyof CountedRequest)[];
    return fields.flatMap((field) => difference(`${kind}: ${field}`, recorded[kind]?.[field], costs[kind]?.[field]));
  });
  return found.length > 0 ? [...found, `if that is meant: ${RECORD}`] : [];
}
