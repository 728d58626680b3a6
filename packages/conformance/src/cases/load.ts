import { readdirSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure, readInput } from "@wasm-header-filter/cli";
import { parseDocument } from "yaml";
import type { Case } from "./case.ts";
import { type CaseFile, fillIn } from "./defaults.ts";
import { departure } from "./schema.ts";

/** The folder of the contract's own cases. */
const CASES = fileURLToPath(new URL("../../cases/", import.meta.url));

/** The contract's case files, in the order of their names. */
export function contractFiles(): string[] {
  return readdirSync(CASES)
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => CASES + name);
}

/**
 * Reads case files.
 *
 * @param files paths; a file is a topic, named after it, or after its folder if it is called `cases.yaml`
 * @returns the cases in the order of the files, with all defaults filled in
 * @throws Failure, one line with file, case, place, what is wrong and what was expected, for a file that can't be read, isn't YAML
 *   or violates the schema, and for a duplicate case name
 */
export function loadCases(files: readonly string[] = contractFiles()): Case[] {
  return files.flatMap((file) => {
    const document = parseDocument(readInput(file, "case file").toString(), { prettyErrors: true });
    const [error] = document.errors;
    if (error) throw new Failure(`case file ${file}: not YAML: ${error.message.split(":\n")[0]}`);
    return parseCases(document.toJS({ maxAliasCount: 1000 }), file);
  });
}

/**
 * Reads the cases of a parsed case file.
 *
 * @param parsed the content of the YAML file
 * @param file its path, for the topic and for errors
 * @throws Failure as {@link loadCases}
 */
export function parseCases(parsed: unknown, file: string): Case[] {
  const fault = departure(parsed);
  if (fault) throw new Failure(`case file ${file}: ${place(parsed, fault.path)}: ${fault.what}`);
  const topic = basename(file) === "cases.yaml" ? basename(dirname(resolve(file))) : basename(file, ".yaml");
  const cases = fillIn(parsed as CaseFile, topic, (name, what) => {
    throw new Failure(`case file ${file}: ${name}: ${what}`);
  });
  const twice = cases.find(({ name }, at) => cases.findIndex((other) => other.name === name) < at);
  if (twice) throw new Failure(`case file ${file}: ${twice.name}: another case has this name; expected each name once`);
  return cases;
}

/** `cases[3].steps[0]` as `NAME steps[0]`. */
function place(parsed: unknown, [top, at, ...rest]: readonly (string | number)[]): string {
  const write = (keys: readonly (string | number | undefined)[]) =>
    keys
      .filter((key) => key !== undefined)
      .reduce<string>((text, key) => text + (typeof key === "number" ? `[${key}]` : `${text && "."}${key}`), "");
  if (typeof at !== "number") return write([top, at, ...rest]) || "top level";
  const { name } = (parsed as { cases: { name?: unknown }[] }).cases[at] ?? {};
  return typeof name === "string" ? `${name}: ${write(rest)}`.replace(/: $/, "") : write([top, at, ...rest]);
}
