import { watch } from "node:fs";
import { dirname, join } from "node:path";
import { CONFIG_FILE, type Project } from "../project.ts";

/** Several files that are saved together are one change, in milliseconds. */
const QUIET = 30;

/**
 * Calls back after each change of the source's folder, of package.json, of filter.config.ts or of the schema, one call after the other.
 *
 * @returns a function that ends this
 */
export function follow({ dir, source, schema }: Project, changed: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let last = Promise.resolve();
  const note = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      last = last.then(changed);
    }, QUIET);
  };
  const beside = ["package.json", CONFIG_FILE, schema];
  const watchers = [
    watch(join(dir, dirname(source)), { recursive: dirname(source) !== "." }, note),
    watch(dir, (_, name) => (name !== null && beside.includes(name) ? note() : undefined)),
  ];
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
