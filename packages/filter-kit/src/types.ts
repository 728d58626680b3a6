import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure, oneLine } from "@wasm-header-filter/cli";
import type { JSONSchema } from "json-schema-to-typescript";
import type { Project } from "./project.ts";

/** The first line of a file that may be written again. */
const MARK = "// Written by filter build, from";

/**
 * Writes the types of a filter's configuration beside its source, as its JSON Schema has them, if they have changed. A file that somebody
 * wrote stays.
 *
 * @throws Failure if the schema is none
 */
export async function writeTypes({ dir, source, schema, engines: [engine] }: Project): Promise<void> {
  if (schema === undefined || engine === "as") return;
  const file = join(dir, dirname(source), "configuration.ts");
  const before = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (before !== undefined && !before.startsWith(MARK)) return;
  const after = `${MARK} ${schema}.\n\n${await typesOf(join(dir, schema), schema)}`;
  if (after !== before) writeFileSync(file, after);
}

async function typesOf(path: string, name: string): Promise<string> {
  const { compile } = await import("json-schema-to-typescript");
  try {
    const schema = JSON.parse(readFileSync(path, "utf8")) as JSONSchema;
    const options = { bannerComment: "", cwd: dirname(path), declareExternallyReferenced: true };
    return await compile({ ...schema, title: "Configuration" }, "Configuration", options);
  } catch (error) {
    throw new Failure(`schema ${name}: no types can be made of it: ${oneLine(error)}`);
  }
}
