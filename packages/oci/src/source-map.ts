import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readInput } from "@wasm-header-filter/cli";
import { digestOf } from "./digest.ts";
import type { ImageStore } from "./store.ts";

/** The annotation of an image that has the digest of its module's source map. */
export const SOURCE_MAP = "wasm-header-filter.source-map";

/** What `oci pack` writes beside a layout. */
export const SOURCE_MAP_FILE = "plugin.wasm.map";

/**
 * Finds the source map of an image's module.
 *
 * @param annotations those of the image's manifest
 * @returns undefined if the image names none, or the store has another one or none
 */
export function sourceMapOf(
  store: ImageStore,
  annotations: Readonly<Record<string, string>> | undefined,
): Uint8Array | undefined {
  const digest = annotations?.[SOURCE_MAP];
  return digest === undefined ? undefined : store.sourceMap?.(digest);
}

/** Reads the source map beside a layout. @returns undefined if there is none with the digest */
export function mapBesideLayout(dir: string, digest: string): Uint8Array | undefined {
  const path = join(dirname(resolve(dir)), SOURCE_MAP_FILE);
  if (!existsSync(path)) return undefined;
  const map = readInput(path, "source map");
  return digestOf(map) === digest ? map : undefined;
}
