import { linkSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { lives, processIn } from "./process-file.ts";

let waiting = 0;

/**
 * Takes a lock file, and waits while the process that holds it is running. Files that it needs besides are called `PATH.PID.NUMBER`.
 *
 * @param path the lock file, in a folder that exists
 * @param interval how often to look, in ms
 * @returns what releases the lock
 */
export async function lock(path: string, interval = 200): Promise<() => void> {
  const own = `${path}.${process.pid}.${waiting++}`;
  // Written before it is linked into place: a lock file never lacks its holder, whenever a process is killed.
  writeFileSync(own, String(process.pid));
  try {
    while (!linked(own, path)) {
      const holder = processIn(path);
      if (lives(holder)) await delay(interval);
      else removeStale(path, `${own}.stale`);
    }
    return () => rmSync(path, { force: true });
  } finally {
    rmSync(own, { force: true });
  }
}

/** Removes the lock of a process that has ended. */
function removeStale(path: string, aside: string): void {
  try {
    renameSync(path, aside);
    // Another process may have taken the lock since it was read.
    if (lives(processIn(aside))) linked(aside, path);
    rmSync(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** Links a file to another name, and says whether that name was free. */
function linked(file: string, name: string): boolean {
  try {
    linkSync(file, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}
