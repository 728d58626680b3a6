import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { packageJson } from "./package.ts";

/** Hosts that npm has short names for. */
const HOSTS: Readonly<Record<string, string>> = {
  github: "github.com",
  gitlab: "gitlab.com",
  bitbucket: "bitbucket.org",
};

/**
 * Where a package's source is, as a URL for browsers: the `repository` of its package.json, or else that of the workspace it is in.
 *
 * @param dir the package's folder
 * @returns nothing if neither says so
 */
export function sourceOf(dir: string): string | undefined {
  for (let at = dir; ; at = dirname(at)) {
    const path = join(at, "package.json");
    const { repository, workspaces } = existsSync(path) ? packageJson(path) : {};
    const url = typeof repository === "string" ? repository : repository?.url;
    if (url) return browsable(url);
    if (workspaces || at === dirname(at)) return undefined;
  }
}

/**
 * The commit that a revision names.
 *
 * @param text a commit, or `HEAD`, which git is asked for
 * @param dir the folder whose `HEAD` it is
 * @param where the option or variable that says so, for errors
 * @returns 40 or 64 hexadecimal digits
 * @throws Failure if it is neither, or the folder is in no git repository that has a commit
 */
export function revisionOf(text: string, dir: string, where: string): string {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) return text;
  if (text !== "HEAD") {
    throw new Failure(
      `${where}: expected HEAD or a commit in 40 or 64 hexadecimal digits, got ${JSON.stringify(text)}`,
    );
  }
  const { status, stdout } = spawnSync("git", ["rev-parse", "--verify", "HEAD"], { cwd: dir, encoding: "utf8" });
  if (status !== 0) throw new Failure(`${where} HEAD: git knows no commit of ${dir}`);
  return stdout.trim();
}

/** npm's forms: `owner/name`, `github:owner/name`, `git+https://…`, `git@host:path`, `ssh://git@host/path`. */
function browsable(text: string): string {
  const url = text.replace(/^git\+/, "").replace(/\.git$/, "");
  const [, host = "github", path] = /^(?:(github|gitlab|bitbucket):)?([\w.-]+\/[\w.-]+)$/.exec(url) ?? [];
  if (path !== undefined) return `https://${HOSTS[host]}/${path}`;
  const [, server, below] = /^(?:(?:git|ssh):\/\/)?(?:git@)([\w.-]+)[:/](.+)$/.exec(url) ?? [];
  return server === undefined ? url.replace(/^git:\/\//, "https://") : `https://${server}/${below}`;
}
