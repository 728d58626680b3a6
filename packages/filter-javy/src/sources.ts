import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { PLUGIN_FOLDER, sha256 } from "./plugin.ts";

/** Files beside the sources that do not change the plugin. */
const OTHERS = /^(artifact|target)\/|^rustfmt\.toml$/;

/** Everything that the plugin is built from, except the tools. */
function pluginSources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .filter((name) => !OTHERS.test(name))
    .sort();
}

/**
 * Returns one digest of the names and contents of the plugin's sources, sorted by name.
 *
 * @param folder the plugin's folder
 * @returns sha256 in hex
 */
export function sourcesDigest(folder = PLUGIN_FOLDER): string {
  const lines = pluginSources(folder).map((name) => `${sha256(readFileSync(join(folder, name)))}  ${name}\n`);
  return sha256(lines.join(""));
}
