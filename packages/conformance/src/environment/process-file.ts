import { readFileSync } from "node:fs";

/**
 * Reads a file that holds the id of a process.
 *
 * @returns the id; 0 while there is no such file, or nothing in it
 */
export function processIn(path: string): number {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch {
    return 0;
  }
}

/**
 * Whether a process is running, another user's too.
 *
 * @param pid its id; false for 0, which would be this process's own group
 */
export function lives(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
