import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";

/** The commit that the folder's files are those of; undefined if some have changes, or there is no commit or no repository. */
export function cleanCommit(root: string): string | undefined {
  const { status, stdout } = spawnSync("git", ["rev-parse", "--verify", "HEAD"], { cwd: root, encoding: "utf8" });
  return status === 0 && uncommitted(root).length === 0 ? stdout.trim() : undefined;
}

/** Paths with changes that no commit has, as git prints them. */
function uncommitted(root: string): string[] {
  const lines = git(root, ["status", "--porcelain"]).split("\n");
  return lines.filter((line) => line !== "").map((line) => line.slice(3));
}

/** @throws Failure naming the first path with changes that no commit has, or if the folder is in no git repository */
export function refuseChanges(root: string): void {
  const [first, ...more] = uncommitted(root);
  if (first === undefined) return;
  const others = more.length > 0 ? ` and ${more.length} more` : "";
  throw new Failure(
    `${first}${others}: not committed; what is released must be what the git tags point at: commit or stash`,
  );
}

/** The current commit. */
export function head(root: string): string {
  return git(root, ["rev-parse", "HEAD"]).trim();
}

/**
 * The URL of the repository: that of its package.json, or else git's `origin`.
 *
 * @throws Failure if neither has one
 */
export function repositoryUrl(root: string): string {
  const path = join(root, "package.json");
  const { repository } = JSON.parse(readFileSync(path, "utf8")) as { repository?: string | { url?: string } };
  const url = typeof repository === "string" ? repository : repository?.url;
  const origin = url ?? git(root, ["config", "--get", "remote.origin.url"], [0, 1]).trim();
  if (origin !== "") return origin;
  throw new Failure(
    `${path}: no repository.url and git has no origin, expected the URL that git clones: npm pkg set repository.url=URL`,
  );
}

/**
 * Refuses to release a version whose git tag is at another commit.
 *
 * @param tags `NAME@VERSION` of what is to be published
 * @throws Failure naming the first such tag
 */
export function refuseOtherTags(root: string, tags: readonly string[]): void {
  const here = head(root);
  for (const tag of tags) {
    const found = git(root, ["rev-parse", "--verify", "--quiet", `refs/tags/${tag}^{commit}`], [0, 1]).trim();
    if (found !== "" && found !== here) {
      throw new Failure(
        `git tag ${tag}: is at commit ${found.slice(0, 12)}, but that version is not on npm and this commit is ${here.slice(0, 12)}; delete the tag or give the package a new version`,
      );
    }
  }
}

/**
 * Creates the git tags that exist neither here nor at `origin`: a run that was interrupted after publishing may not have created them.
 *
 * @param tags `NAME@VERSION` of all that npm has
 * @throws Failure with git's message
 */
export function ensureTags(root: string, tags: readonly string[]): void {
  const here = new Set(git(root, ["tag"]).split("\n"));
  const missing = tags.filter((tag) => !here.has(tag));
  if (missing.length === 0) return;
  const remotes = git(root, ["remote"]).split("\n");
  const there = remotes.includes("origin") ? git(root, ["ls-remote", "--tags", "origin"]) : "";
  for (const tag of missing) {
    if (!there.includes(`\trefs/tags/${tag}\n`)) git(root, ["tag", "--message", tag, tag]);
  }
}

/**
 * Pushes the git tags of this commit to `origin`.
 *
 * @throws Failure with git's message
 */
export function pushTags(root: string): void {
  const tags = git(root, ["tag", "--points-at", "HEAD"])
    .split("\n")
    .filter((tag) => tag !== "");
  if (tags.length > 0) git(root, ["push", "--quiet", "origin", ...tags.map((tag) => `refs/tags/${tag}`)]);
}

function git(root: string, args: readonly string[], expected: readonly (number | null)[] = [0]): string {
  const { status, stdout, stderr, error } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  if (error) throw new Failure("git: could not be run", { cause: error });
  if (!expected.includes(status)) throw new Failure(`git ${args[0]}: ${stderr.trim()}`);
  return stdout;
}
