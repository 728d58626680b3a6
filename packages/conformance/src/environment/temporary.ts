import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that is removed at the end. */
export interface Temporary {
  readonly path: string;
  /** Removes it; this also happens when the process exits. */
  remove(): void;
}

const folders = new Set<string>();
process.once("exit", () => folders.forEach(removeFolder));

/**
 * Creates a folder in the system's temporary folder.
 *
 * @param name the prefix of its name
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
