import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Failure } from "@wasm-header-filter/cli";
import { channelOf } from "@wasm-header-filter/image-release";
import { gt } from "semver";
import type { PlannedPackage } from "./changesets.ts";

/**
 * The packages that have a newer release on npm than the planned one: `latest` must not move back.
 *
 * @param root the repository, whose npm configuration counts
 * @throws Failure if the registry can't be asked
 */
export async function olderThanLatest(root: string, packages: readonly PlannedPackage[]): Promise<PlannedPackage[]> {
  const releases = packages.filter(({ version }) => channelOf(version) === "latest");
  const there = await Promise.all(releases.map(({ name }) => publishedVersions(root, name)));
  return releases.filter(({ version }, at) =>
    there[at]?.some((other) => channelOf(other) === "latest" && gt(other, version)),
  );
}

async function publishedVersions(root: string, name: string): Promise<readonly string[]> {
  const { stdout, failed } = await promisify(execFile)("npm", ["view", name, "versions", "--json"], { cwd: root }).then(
    ({ stdout }) => ({ stdout, failed: false }),
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? "", failed: true }),
  );
  if (!failed) return [JSON.parse(stdout)].flat();
  if (/"E404"/.test(stdout)) return [];
  throw new Failure(`npm view ${name}: ${/"summary":\s*"([^"]*)"/.exec(stdout)?.[1] ?? "failed"}`);
}
