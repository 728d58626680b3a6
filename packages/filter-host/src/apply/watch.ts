import { type FSWatcher, realpathSync, watch } from "node:fs";
import { dirname } from "node:path";
import { isFolder } from "@wasm-header-filter/cli";

/** How long nothing must happen before a change counts, in milliseconds: editors save in several steps. */
const QUIET = 50;

/**
 * Tells of changes at files, by whatever way they are saved: in place, or by a new file in the old one's place. Their folders are
 * watched, so it tells of other files there too.
 *
 * @returns ends it
 */
export function watchFiles(paths: readonly string[], changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(changed, QUIET);
  };
  // A link can be set anew, and what it points at can change.
  const folders = new Set(
    paths.flatMap((path) => (isFolder(path) ? [path] : [dirname(path), dirname(realpathSync(path))])),
  );
  const watchers: FSWatcher[] = [...folders].map((folder) => watch(folder, soon).on("error", soon));
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
