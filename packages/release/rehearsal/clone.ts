import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findRoot } from "@wasm-header-filter/oci";
import { publicPackages } from "../src/workspace.ts";

const real = findRoot(import.meta.dirname);

/** This repository once more, as it is committed, with what is built here. */
export interface Clone {
  readonly root: string;
  /** The packages that npm is to get. */
  readonly packages: readonly string[];
  git(...args: string[]): string;
  remove(): void;
}

/** Clones this repository into a folder of its own, without building or installing anything again. */
export function cloneRepository(): Clone {
  const root = mkdtempSync(join(tmpdir(), "clone-"));
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8" });
  execFileSync("git", ["clone", "--quiet", real, root]);
  git("config", "user.name", "Rehearsal");
  git("config", "user.email", "rehearsal@example.org");
  install(join(root, "node_modules"));
  for (const built of globSync("packages/*/dist", { cwd: real })) {
    cpSync(join(real, built), join(root, built), { recursive: true });
  }
  const packages = publicPackages(root).map(({ manifest }) => manifest.name);
  execFileSync(process.execPath, [join(real, "packages/release/src/main.ts"), "assemble"], { cwd: root });
  return { root, packages, git, remove: () => rmSync(root, { recursive: true }) };
}

/** Everything that is installed here, but the repository's own packages are the clone's. */
function install(target: string): void {
  const installed = join(real, "node_modules");
  mkdirSync(join(target, "@wasm-header-filter"), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name !== "@wasm-header-filter" && name !== "proxy-wasm-as")
      symlinkSync(join(installed, name), join(target, name));
  }
  for (const name of readdirSync(join(installed, "@wasm-header-filter"))) {
    symlinkSync(join("../../packages", name), join(target, "@wasm-header-filter", name));
  }
  symlinkSync("../packages/proxy-wasm-as", join(target, "proxy-wasm-as"));
}
