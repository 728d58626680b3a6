import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { PLUGIN_FOLDER, sha256 } from "./plugin.ts";

/** What lies beside the sources and decides nothing. */
const OTHERS = /^(artifact|target)\/|^rustfmt\.toml$/;

/** All that decides what the plugin is, but for the tools. */
function pluginSources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .filter((name) => !OTHERS.test(name))
    .sort();
}

/**
 * One digest of the plugin's sources: of their names and contents, in the names' order.
 *
 * @param folder the plugin's
 * @returns sha256 in hex
 */
export function sourcesDigest(folder = PLUGIN_FOLDER): string {
  const lines = pluginSources(folder).map((name) => `${sha256(readFileSync(join(folder, name)))}  ${name}\n`);
  return sha256(lines.join(""));
}
