import { existsSync, type FSWatcher, realpathSync, watch } from "node:fs";
import { dirname } from "node:path";
import { isFolder } from "@wasm-header-filter/cli";

/** How long to wait for further changes, in milliseconds: editors save in several steps. */
const DEBOUNCE = 50;

/**
 * Calls back on changes of files, whether they are saved in place or replaced by a new file. It watches their folders, so it also
 * calls back on changes of other files there.
 */
export class FileWatch {
  readonly #changed: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Watches these files and folders from now on, and no others; a file need not exist. */
  watch(paths: readonly string[]): void {
    const folders = new Set(paths.flatMap(foldersOf));
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) {
      if (!this.#watchers.has(folder)) this.#watchers.set(folder, watch(folder, this.#soon).on("error", this.#soon));
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  readonly #soon = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#changed, DEBOUNCE);
  };
}

/** A folder itself, or those of a file: a link can change, and so can its target. */
function foldersOf(path: string): readonly string[] {
  if (isFolder(path)) return [path];
  if (existsSync(path)) return [dirname(path), dirname(realpathSync(path))];
  let folder = dirname(path);
  while (!isFolder(folder)) folder = dirname(folder);
  return [folder];
}
