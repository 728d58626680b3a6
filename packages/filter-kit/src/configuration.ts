import { join } from "node:path";
import { Failure, oneLine, readInput } from "@wasm-header-filter/cli";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { Project } from "./project.ts";

/**
 * Checks a project's configuration against its JSON Schema, if it has one.
 *
 * @throws Failure if the schema is none, or with the first fault of the configuration
 */
export function checkConfiguration({ dir, where: place, schema, plugin }: Project): void {
  if (schema === undefined) return;
  const check = compiled(join(dir, schema), schema);
  if (check(plugin.pluginConfig ?? {})) return;
  const [error] = check.errors ?? [];
  const where = `pluginConfig${error?.instancePath.replaceAll("/", ".") ?? ""}`;
  throw new Failure(`${place}.plugin.${where} ${error?.message ?? "is refused"}, says ${schema}`);
}

/** What the module gets: the pluginConfig as JSON, a text as it is, nothing if there is none. */
export function configurationText({ plugin: { pluginConfig } }: Project): string {
  if (pluginConfig === undefined) return "";
  return typeof pluginConfig === "string" ? pluginConfig : JSON.stringify(pluginConfig);
}

function compiled(path: string, name: string): ValidateFunction {
  try {
    return new Ajv2020({ strict: false }).compile(JSON.parse(readInput(path, "schema").toString()));
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`schema ${name}: no JSON Schema: ${oneLine(error)}`);
  }
}
