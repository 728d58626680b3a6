import { readdirSync, readFileSync } from "node:fs";
import { PLUGIN_FOLDER, sha256 } from "./plugin.ts";

/** All that decides what the plugin is, but for the tools. */
function pluginSources(): string[] {
  const rust = readdirSync(`${PLUGIN_FOLDER}src`).map((name) => `src/${name}`);
  return ["Cargo.lock", "Cargo.toml", "build.sh", "before-quickjs.h", "wasi-stub.wat", ...rust].sort();
}

/**
 * One digest of the plugin's sources: of their names and contents, in the names' order.
 *
 * @returns sha256 in hex
 */
export function sourcesDigest(): string {
  const lines = pluginSources().map((name) => `${sha256(readFileSync(PLUGIN_FOLDER + name))}  ${name}\n`);
  return sha256(lines.join(""));
}
