import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { oneLine } from "@wasm-header-filter/cli";

/**
 * Runs a function, and writes the reason to a file if it fails.
 *
 * @param path the file; left out, none is written
 * @throws what `work` throws
 */
export async function logFailure(path: string | undefined, work: () => Promise<void>): Promise<void> {
  if (path === undefined) return work();
  rmSync(path, { force: true });
  try {
    await work();
  } catch (error) {
    writeFileSync(path, `${oneLine(error)}\n`);
    throw error;
  }
}

/** Why packages were not published, from the logs that their hooks wrote to `publish/`. */
export function failures(root: string): string[] {
  return globSync("publish/*.log", { cwd: root })
    .sort()
    .map((path) => readFileSync(join(root, path), "utf8").trim());
}
