import { readFileSync, statSync } from "node:fs";
import { Failure } from "./errors.ts";

const REASONS: Record<string, string> = {
  ENOENT: "no such file",
  EACCES: "no permission to read it",
  EISDIR: "is a folder, expected a file",
};

/** Whether there is a folder at a path. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * Reads a file that the user named.
 *
 * @param path as the user wrote it
 * @param what the option or argument that named it, for the error's text
 * @param limit the largest size taken, in bytes
 * @returns the file's bytes
 * @throws Failure if it isn't there, can't be read, is a folder or is larger than the limit
 */
export function readInput(path: string, what: string, limit = 256 * 1024 * 1024): Buffer {
  try {
    const { size } = statSync(path);
    if (size > limit) throw new Failure(`${what} ${path}: ${size} bytes, expected at most ${limit}`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ""] ?? (error as Error).message;
    throw new Failure(`${what} ${path}: ${reason}`);
  }
}
