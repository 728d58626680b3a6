import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isFolder, readInput } from "@wasm-header-filter/cli";
import type { ManifestFile } from "@wasm-header-filter/manifests";

/** The files that kubectl reads from a folder. */
const MANIFEST = /\.(ya?ml|json)$/;

/** The largest manifest that is read, in bytes: an API server stores only smaller ones. */
const LIMIT = 16 * 1024 * 1024;

/**
 * Reads manifests as `kubectl apply -f` does.
 *
 * @param paths files, or folders with files that end in .yaml, .yml or .json
 * @throws Failure if a file cannot be read
 */
export function readFiles(paths: readonly string[]): ManifestFile[] {
  const files = paths.flatMap((path) =>
    isFolder(path)
      ? readdirSync(path)
          .filter((name) => MANIFEST.test(name))
          .sort()
          .map((name) => join(path, name))
      : [path],
  );
  return files.map((where) => ({ where, text: readInput(where, "manifest", LIMIT).toString() }));
}
