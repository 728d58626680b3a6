import { type FSWatcher, realpathSync, watch } from "node:fs";
import { dirname } from "node:path";
import { isFolder } from "@wasm-header-filter/cli";

/** How long to wait for further changes, in milliseconds: editors save in several steps. */
const DEBOUNCE = 50;

/**
 * Calls back on changes of files, whether they are saved in place or replaced by a new file. It watches their folders, so it also
 * calls back on changes of other files there.
 *
 * @returns stops watching
 */
export function watchFiles(paths: readonly string[], changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(changed, DEBOUNCE);
  };
  // A link itself can change, and so can its target.
  const folders = new Set(
    paths.flatMap((path) => (isFolder(path) ? [path] : [dirname(path), dirname(realpathSync(path))])),
  );
  const watchers: FSWatcher[] = [...folders].map((folder) => watch(folder, soon).on("error", soon));
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
