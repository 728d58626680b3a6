import { Failure, readInput } from "@wasm-header-filter/cli";
import type { Command } from "commander";
import { parseDocuments } from "./documents.ts";
import { MODULE_FIELDS, placementFields, type WasmPluginSpec } from "./extension.ts";
import { pathText, schemaCheck } from "./faults.ts";
import { kinds } from "./kinds/list.ts";

/** Options that a file can have too, under the same names. The option's parser reads them. */
const OPTIONS = [
  ...["variant", "repository", "version", "digest", "moduleUrl", "modulePath"],
  ...["kind", "name", "namespace"],
  ...kinds.flatMap((kind) => ("options" in kind ? kind.options.list.map((option) => option.attributeName()) : [])),
];

const { url: _url, ...pluginFields } = { ...placementFields("UNSPECIFIED_PHASE"), ...MODULE_FIELDS };
const check = schemaCheck({
  type: "object",
  properties: {
    ...pluginFields,
    ...Object.fromEntries(OPTIONS.map((name) => [name, { type: "string", minLength: 1 }])),
    guard: { type: "boolean" },
  },
  additionalProperties: false,
});

/** The limit of a file's size in bytes: Kubernetes stores no larger resource. */
const LIMIT = 1.5 * 1024 * 1024;

/**
 * Reads a `--config-file`, and gives the command the options in it that the command line leaves out.
 *
 * @param path of a YAML or JSON file
 * @param command whose options the file's are
 * @returns the fields of the WasmPlugin in it
 * @throws Failure with file, line and column of the first fault
 */
export function readRequestFile(path: string, command: Command): Partial<WasmPluginSpec> {
  const [document, second] = parseDocuments(readInput(path, "config file", LIMIT).toString(), path);
  if (!document || second) throw new Failure(`${path}: expected one document, a mapping of options and fields`);
  const [fault] = check(document.value);
  if (fault) throw new Failure(`${document.at(fault.path)}: ${`${pathText(fault.path)} ${fault.reason}`.trim()}`);
  const { guard, ...fields } = document.value as Record<string, unknown>;
  if (guard === true) command.setOptionValue("guard", true);
  for (const name of OPTIONS) {
    const value = fields[name];
    delete fields[name];
    if (typeof value !== "string" || command.getOptionValueSource(name) === "cli") continue;
    const option = command.options.find((option) => option.attributeName() === name);
    try {
      command.setOptionValueWithSource(name, option?.parseArg?.(value, undefined) ?? value, "config");
    } catch (error) {
      throw new Failure(`${document.at([name])}: ${name} ${JSON.stringify(value)}: ${(error as Error).message}`);
    }
  }
  return fields as Partial<WasmPluginSpec>;
}
