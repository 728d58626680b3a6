import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Example } from "./example.ts";

/** What new projects are made of. */
export interface Stock {
  /** The folder with the examples. */
  readonly dir: string;
  readonly examples: Readonly<Record<string, Example>>;
  /** Of packages, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

const built = (file: string) => new URL(`../dist/${file}`, import.meta.url);
const read = (file: string) => JSON.parse(readFileSync(built(file), "utf8"));

/** What this package's build wrote. */
export const stock: Stock = {
  dir: fileURLToPath(built("examples")),
  examples: read("examples.json"),
  versions: read("versions.json"),
};
