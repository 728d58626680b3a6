import { readFileSync, writeFileSync } from "node:fs";
import { Failure } from "@wasm-header-filter/cli";

/** The tables in the README: what a request costs, and which variant to choose; in filter-js': what it costs with other SDKs. */
export type TableName = "costs" | "peers" | "variants";

/** What writes each of them. */
const WRITERS: Readonly<Record<TableName, string>> = { costs: "--readme", peers: "--peers", variants: "--readme" };

/**
 * Reads a table that the report has put into a document.
 *
 * @param file a Markdown file
 * @throws Failure if the file does not have the marks around the table
 */
export function readTable(file: string, name: TableName): string {
  return split(file, name).between.trim();
}

/**
 * Puts a table into a document.
 *
 * @param file a Markdown file
 * @throws Failure if the file does not have the marks around the table
 */
export function writeTable(file: string, name: TableName, table: string): void {
  const { before, after } = split(file, name);
  writeFileSync(file, `${before}\n${table}\n${after}`);
}

/** A document before a table, with the mark; the table; and what comes after, from the other mark on. */
function split(file: string, name: TableName): { before: string; between: string; after: string } {
  const text = readFileSync(file, "utf8");
  const [first, last] = [`<!-- ${name}: npm run report -- ${WRITERS[name]} -->`, `<!-- /${name} -->`];
  const [begin, end] = [text.indexOf(first), text.indexOf(last)];
  if (begin < 0 || end < begin) throw new Failure(`${file}: expected a line ${first}, and after it a line ${last}`);
  const start = begin + first.length;
  return { before: text.slice(0, start), between: text.slice(start, end), after: text.slice(end) };
}
