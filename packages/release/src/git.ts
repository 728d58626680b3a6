import { spawnSync } from "node:child_process";
import { Failure } from "@wasm-header-filter/cli";

/** Paths with changes that no commit has, as git prints them; none if the tree is clean. */
export function uncommitted(root: string): string[] {
  return git(root, ["status", "--porcelain"])
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.slice(3));
}

/** The current commit. */
export function head(root: string): string {
  return git(root, ["rev-parse", "HEAD"]).trim();
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
