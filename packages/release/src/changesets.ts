import { type SpawnSyncOptions, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { Failure } from "@wasm-header-filter/cli";
import { failures } from "./failures.ts";

/** A package whose current version is not on npm. */
export interface PlannedPackage {
  readonly name: string;
  readonly version: string;
  /** The npm dist-tag. */
  readonly tag: string;
}

/**
 * Asks npm's registry which public packages are not published yet (`changeset publish-plan`).
 *
 * @returns in the order of publishing
 * @throws Failure if the registry can't be asked
 */
export function publishPlan(root: string): PlannedPackage[] {
  const folder = mkdtempSync(join(tmpdir(), "publish-plan-"));
  try {
    const output = join(folder, "plan.json");
    const { status, said } = changeset(root, ["publish-plan", "--output", output]);
    if (status !== 0) throw new Failure(`changeset publish-plan: ${said}`);
    const { plan } = JSON.parse(readFileSync(output, "utf8")) as { plan: (PlannedPackage & { kind: string })[][] };
    return plan.flat().flatMap(({ kind, name, version, tag }) => (kind === "publish" ? [{ name, version, tag }] : []));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Publishes the packages that aren't on npm yet, and tags them in git (changesets ignores errors of git: see ensureTags).
 *
 * @param npmTag the npm dist-tag of all packages; left out, changesets chooses
 * @param gitTags whether they are tagged in git
 * @param env with what the packages' hooks need
 * @throws Failure if a package wasn't published; the next run publishes the rest
 */
export function publish(
  root: string,
  { npmTag, gitTags, env }: { npmTag: string | undefined; gitTags: boolean; env: Record<string, string> },
): void {
  const options = [...(npmTag === undefined ? [] : ["--tag", npmTag]), ...(gitTags ? [] : ["--no-git-tag"])];
  // On a terminal npm may ask for a one-time password.
  const { status } = spawn(root, ["publish", ...options], { env: { ...process.env, ...env }, stdio: "inherit" });
  if (status !== 0) {
    const why = failures(root).join("; ") || "failed, see above";
    throw new Failure(`changeset publish: ${why}; run the release again to publish the rest`);
  }
}

/** Gives all packages with changesets the version `0.0.0-NAME-TIME`, in the working tree. */
export function versionSnapshot(root: string, name: string): void {
  const { status, said } = changeset(root, ["version", "--snapshot", name]);
  if (status !== 0) throw new Failure(`changeset version --snapshot ${name}: ${said}`);
}

function changeset(root: string, args: readonly string[]) {
  const { status, stdout, stderr } = spawn(root, args, { maxBuffer: 64 * 1024 * 1024 });
  const lines = stripVTControlCharacters(`${stdout}\n${stderr}`)
    .split("\n")
    .map((line) => line.replace(/^[│■▲●◇┌└\s]+/, "").trim())
    .filter((line) => line !== "");
  return { status, said: lines.slice(-12).join(" | ") };
}

function spawn(root: string, args: readonly string[], options: SpawnSyncOptions) {
  const bin = join(root, "node_modules/@changesets/cli/bin.js");
  return spawnSync(process.execPath, [bin, ...args], { cwd: root, ...options });
}
