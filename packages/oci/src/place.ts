import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";

const PREFIX = ".staged-";

/**
 * Puts entries into a folder all at once: they are written aside, and take the place of the old ones only when all of them are complete.
 *
 * @param folder made when it isn't there; what else is in it stays
 * @param names the entries, files or folders; the last one is taken away first and put back last, so whoever finds it finds the others too
 * @param write writes every entry below the path it is given
 * @throws Failure if the folder can't be written, else what `write` throws; the old entries then stay as they were
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
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Moves the old entries out and the fresh ones in, or leaves everything as it was. */
function swap(names: readonly string[], folder: string, fresh: string, old: string): void {
  const there = names.filter((name) => existsSync(join(folder, name)));
  const out: string[] = [];
  const into: string[] = [];
  try {
    for (const name of there.toReversed()) {
      renameSync(join(folder, name), join(old, name));
      out.push(name);
    }
    for (const name of names) {
      renameSync(join(fresh, name), join(folder, name));
      into.push(name);
    }
  } catch (error) {
    for (const name of into) rmSync(join(folder, name), { recursive: true });
    for (const name of out) renameSync(join(old, name), join(folder, name));
    throw error;
  }
}

/** Whether a staging folder's process was killed before it could clear up. */
function isAbandoned(name: string): boolean {
  if (!name.startsWith(PREFIX)) return false;
  try {
    process.kill(Number(name.slice(PREFIX.length).split("-")[0]), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
