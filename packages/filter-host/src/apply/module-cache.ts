import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { outputError } from "@wasm-header-filter/cli";
import type { Digest } from "@wasm-header-filter/oci";

/** Where a user's cache is by default (XDG base directory specification). */
const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "filter-host", "modules");

/** The default size limit, in bytes: two of the largest modules that Istio accepts. */
const LIMIT = 512 * 1024 * 1024;

/** `KEY.SHA256.wasm`: the digest that the module is stored under, and that of its own bytes. */
const NAME = /^([0-9a-f]{64})\.([0-9a-f]{64})\.wasm$/;

/** A module that is being written, `NAME.PID-UUID`, or was when its process ended. */
const STAGED = /^[0-9a-f]{64}\.[0-9a-f]{64}\.wasm\.(?:(\d+)-)?[0-9a-f-]{36}$/;

/**
 * Modules on disk, by the digest of their image, or of their own bytes. A damaged module is removed, and so is what another process has left
 * half-written; above the size limit the least recently used modules are.
 */
export class ModuleCache {
  readonly #folder: string;
  readonly #limit: number;
  #cleaned = false;

  /** @param limit the size of all modules together, in bytes */
  constructor(folder = cacheFolder(), limit = LIMIT) {
    this.#folder = folder;
    this.#limit = limit;
  }

  /** The module with a digest, with its bytes checked; undefined if it is not cached. */
  read(digest: Digest): Uint8Array | undefined {
    this.#clean();
    const entry = this.#entries().find(({ key }) => digest === `sha256:${key}`);
    if (!entry) return undefined;
    try {
      const bytes = readFileSync(entry.path);
      if (sha256(bytes) === entry.sha256) {
        const now = new Date();
        utimesSync(entry.path, now, now);
        return bytes;
      }
      rmSync(entry.path, { force: true });
    } catch {
      // Another process may have removed it.
    }
    return undefined;
  }

  /**
   * Stores a module.
   *
   * @throws Failure if the folder is not writable or the disk is full; nothing is left of the module then
   */
  write(digest: Digest, module: Uint8Array): void {
    if (module.length > this.#limit) return;
    const path = join(this.#folder, `${digest.slice("sha256:".length)}.${sha256(module)}.wasm`);
    const staged = `${path}.${process.pid}-${randomUUID()}`;
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      // What is removed first may be the space that is needed.
      this.#clean();
      writeFileSync(staged, module);
      renameSync(staged, path);
      this.#shrink(path);
    } catch (error) {
      rmSync(staged, { force: true });
      throw outputError(error, `module cache ${this.#folder}`);
    }
  }

  /** Removes, once, what processes that have ended have left half-written. */
  #clean(): void {
    if (this.#cleaned) return;
    this.#cleaned = true;
    for (const name of namesIn(this.#folder)) {
      const [staged, pid] = STAGED.exec(name) ?? [];
      if (staged && !isRunning(Number(pid))) rmSync(join(this.#folder, name), { force: true });
    }
  }

  #shrink(newest: string): void {
    const entries = this.#entries().sort((a, b) => (a.path === newest ? -1 : b.path === newest ? 1 : b.used - a.used));
    let total = 0;
    for (const { path, size } of entries) {
      total += size;
      if (total > this.#limit) rmSync(path, { force: true });
    }
  }

  #entries() {
    return namesIn(this.#folder).flatMap((name) => {
      const [, key = "", sha256 = ""] = NAME.exec(name) ?? [];
      const path = join(this.#folder, name);
      const stat = key ? statSync(path, { throwIfNoEntry: false }) : undefined;
      return stat ? [{ key, sha256, path, size: stat.size, used: stat.mtimeMs }] : [];
    });
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 tests for the process only.
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
