import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that is gone at the end. */
export interface Temporary {
  readonly path: string;
  /** Removes it; the end of the process does so too. */
  remove(): void;
}

const folders = new Set<string>();
process.once("exit", () => folders.forEach(removeFolder));

/**
 * Makes a folder among the system's temporary ones.
 *
 * @param name what its name begins with
 */
export function temporaryFolder(name: string): Temporary {
  const path = mkdtempSync(join(tmpdir(), `${name}-`));
  folders.add(path);
  return { path, remove: () => removeFolder(path) };
}

function removeFolder(path: string): void {
  folders.delete(path);
  rmSync(path, { recursive: true, force: true });
}
