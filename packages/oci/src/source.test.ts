import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folder } from "./fixtures/folder.ts";
import { revisionOf, sourceOf } from "./source.ts";

test.each([
  ["https://git.example/x", "https://git.example/x"],
  [{ type: "git", url: "git+https://git.example/x.git" }, "https://git.example/x"],
  ["owner/name", "https://github.com/owner/name"],
  ["gitlab:owner/name", "https://gitlab.com/owner/name"],
  ["git+ssh://git@git.example/owner/name.git", "https://git.example/owner/name"],
  ["git@git.example:owner/name.git", "https://git.example/owner/name"],
  ["git://git.example/owner/name.git", "https://git.example/owner/name"],
])("the repository %j is at %s", (repository, url) => {
  expect(sourceOf(folder({ "package.json": { repository } }))).toBe(url);
});

test("a package without a repository has its workspace's, and that of nothing above", () => {
  const root = { "package.json": { workspaces: ["packages/*"], repository: "o/root" }, "packages/a/package.json": {} };
  expect(sourceOf(join(folder(root), "packages/a"))).toBe("https://github.com/o/root");
  const above = {
    "package.json": { repository: "o/above" },
    "root/package.json": { workspaces: ["*"] },
    "root/a/package.json": {},
  };
  expect(sourceOf(join(folder(above), "root/a"))).toBeUndefined();
});

test("HEAD is git's, a commit is taken as it is, and nothing else is", () => {
  const dir = folder();
  expect(() => revisionOf("HEAD", dir, "--revision")).toThrow(`--revision HEAD: git knows no commit of ${dir}`);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.org", ...args], {
      cwd: dir,
      encoding: "utf8",
    });
  git("init", "--quiet");
  git("commit", "--quiet", "--allow-empty", "--message", "first");
  expect(revisionOf("HEAD", dir, "--revision")).toBe(git("rev-parse", "HEAD").trim());
  expect(revisionOf("a".repeat(40), dir, "--revision")).toBe("a".repeat(40));
  expect(() => revisionOf("main", dir, "--revision")).toThrow(
    '--revision: expected HEAD or a commit in 40 or 64 hexadecimal digits, got "main"',
  );
});
