import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The file in a variant's folder that says in one sentence when to choose the variant. */
const FILE = "choose.md";

/**
 * When to choose a variant.
 *
 * @param dir the variant's folder
 * @returns one line of Markdown; empty where the folder says nothing
 */
export function readAdvice(dir: string): string {
  const file = join(dir, FILE);
  return existsSync(file) ? readFileSync(file, "utf8").trim().replaceAll(/\s+/g, " ") : "";
}
