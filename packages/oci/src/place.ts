import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Failure, outputError } from "@wasm-header-filter/cli";

const PREFIX = ".staged-";

/**
 * Replaces entries of a folder all at once: they are written to a staging folder and moved in when all of them are complete.
 *
 * @param folder is created if it doesn't exist; its other entries stay
 * @param names the entries, files or folders; the last one is removed first and moved in last, so while it exists the others do too
 * @param write writes the entries below the path it is given; those that it leaves out are removed from the folder
 * @throws Failure if the folder can't be written, or what `write` throws; the old entries are then unchanged
 */
export async function place(
  folder: string,
  names: readonly string[],
  write: (staging: string) => void | Promise<void>,
): Promise<void> {
  try {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) if (isAbandoned(name)) rmSync(join(folder, name), { recursive: true });
  } catch (cause) {
    throw new Failure(`${folder}: can't write there`, { cause });
  }
  const staging = join(folder, `${PREFIX}${process.pid}-${randomUUID()}`);
  const fresh = join(staging, "new");
  const old = join(staging, "old");
  try {
    mkdirSync(fresh, { recursive: true });
    mkdirSync(old);
    await write(fresh);
    swap(names, folder, fresh, old);
  } catch (error) {
    throw outputError(error, folder);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Moves the old entries out and the new ones in; if one can't be moved, moves all of them back. */
function swap(names: readonly string[], folder: string, fresh: string, old: string): void {
  const there = names.filter((name) => existsSync(join(folder, name)));
  const written = names.filter((name) => existsSync(join(fresh, name)));
  const out: string[] = [];
  const into: string[] = [];
  try {
    for (const name of there.toReversed()) {
      renameSync(join(folder, name), join(old, name));
      out.push(name);
    }
    for (const name of written) {
      renameSync(join(fresh, name), join(folder, name));
      into.push(name);
    }
  } catch (error) {
    for (const name of into) rmSync(join(folder, name), { recursive: true });
    for (const name of out) renameSync(join(old, name), join(folder, name));
    throw error;
  }
}

/** Whether an entry is a staging folder whose process was killed before it could remove it. */
function isAbandoned(name: string): boolean {
  if (!name.startsWith(PREFIX)) return false;
  try {
    process.kill(Number(name.slice(PREFIX.length).split("-")[0]), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
