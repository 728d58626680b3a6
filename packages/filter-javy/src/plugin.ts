import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Failure } from "@wasm-header-filter/cli";

/** The plugin's digest, its sources and its tools; stored beside the plugin. */
export interface PluginRecord {
  /** Of the initialised plugin. */
  readonly sha256: string;
  readonly size: number;
  /** Of the sources, by {@link sourcesDigest}. */
  readonly sources: string;
  readonly toolchain: Record<string, string>;
}

export const PLUGIN_FOLDER = fileURLToPath(new URL("../plugin/", import.meta.url));
export const PLUGIN_FILE = `${PLUGIN_FOLDER}artifact/filter-javy-plugin.wasm`;
export const RECORD_FILE = `${PLUGIN_FOLDER}artifact/filter-javy-plugin.json`;

export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function readRecord(): PluginRecord {
  return JSON.parse(readFileSync(RECORD_FILE, "utf8"));
}

/**
 * Reads the plugin in the package.
 *
 * @returns the initialised plugin's module
 * @throws Failure if its digest is not the recorded one
 */
export function readPlugin(): Uint8Array {
  const plugin = new Uint8Array(readFileSync(PLUGIN_FILE));
  const { sha256: expected } = readRecord();
  const found = sha256(plugin);
  if (found !== expected) {
    throw new Failure(
      `${PLUGIN_FILE}: sha256 ${found}, expected ${expected}: restore both files of plugin/artifact, or run plugin:build`,
    );
  }
  return plugin;
}
