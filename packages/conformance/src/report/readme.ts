import { readFileSync, writeFileSync } from "node:fs";
import { Failure } from "@wasm-header-filter/cli";

const BEGIN = "<!-- variants: npm run report -- --readme -->";
const END = "<!-- /variants -->";

/**
 * Reads the report's table from a document.
 *
 * @param file a Markdown file
 * @throws Failure if the file does not have the marks around the table
 */
export function readTable(file: string): string {
  return split(file)[1].trim();
}

/**
 * Writes the table "which variant should I choose" into a document.
 *
 * @param file a Markdown file
 * @throws Failure if the file does not have the marks around the table
 */
export function writeTable(file: string, table: string): void {
  const [before, , after] = split(file);
  writeFileSync(file, `${before}${BEGIN}\n${table}\n${END}${after}`);
}

function split(file: string): [before: string, between: string, after: string] {
  const text = readFileSync(file, "utf8");
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Failure(`${file}: expected a line ${BEGIN}, and after it a line ${END}`);
  return [text.slice(0, begin), text.slice(begin + BEGIN.length, end), text.slice(end + END.length)];
}
