import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unless } from "@wasm-header-filter/cli/testing";
import { openRepository, parseReference } from "@wasm-header-filter/oci";
import { registryMissing, startRegistry, type TestRegistry } from "@wasm-header-filter/oci/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const NODE_MODULES = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const CREATE = fileURLToPath(new URL("../../create-proxy-wasm-filter/src/bin.ts", import.meta.url));
const FILTER = fileURLToPath(new URL("../src/bin.ts", import.meta.url));

describe("filters are released", unless(registryMissing), () => {
  const root = mkdtempSync(join(tmpdir(), "releases-"));
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(async () => {
    await registry?.close();
    rmSync(root, { recursive: true, maxRetries: 3 });
  });

  /** A project in AssemblyScript, which builds fast. */
  function project(dir: string, repository: string): void {
    execFileSync(process.execPath, [CREATE, dir, "--engine", "as"]);
    change(dir, (manifest) => ({
      ...manifest,
      wasmFilter: { ...manifest.wasmFilter, repository: `${registry.host}/${repository}` },
    }));
  }
  // biome-ignore lint/suspicious/noExplicitAny: a package.json
  function change(dir: string, to: (manifest: any) => unknown): void {
    const path = join(dir, "package.json");
    writeFileSync(path, JSON.stringify(to(JSON.parse(readFileSync(path, "utf8"))), undefined, 2));
  }
  /** What `npm install` leaves, without the network. */
  function repository(dir: string): (...args: string[]) => string {
    symlinkSync(NODE_MODULES, join(dir, "node_modules"));
    writeFileSync(join(dir, ".gitignore"), "node_modules\nbuild/\ndist/\n");
    const packages = { "node_modules/proxy-wasm-as": { version: "0.1.0" } };
    writeFileSync(join(dir, "package-lock.json"), JSON.stringify({ lockfileVersion: 3, packages }));
    const git = (...args: string[]) => execFileSync("git", args, { cwd: dir, encoding: "utf8" }).trim();
    git("init", "--quiet", "--initial-branch=main");
    git("config", "user.name", "Rehearsal");
    git("config", "user.email", "rehearsal@example.org");
    execFileSync("git", ["init", "--quiet", "--bare", `${dir}.git`]);
    git("remote", "add", "origin", `${dir}.git`);
    git("add", "--all");
    git("commit", "--quiet", "--message", "A filter");
    return git;
  }
  const release = (dir: string, ...args: string[]) =>
    new Promise<{ status: number; stdout: string; stderr: string }>((resolve) =>
      execFile(process.execPath, [FILTER, "release", ...args], { cwd: dir }, (error, stdout, stderr) =>
        resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
      ),
    );
  const pushed = (name: string) => openRepository(parseReference(`${registry.host}/${name}`));
  const tags = async (name: string) => (await pushed(name).tags()).filter((tag) => !tag.startsWith("sha256-")).sort();

  test("one filter: a version, once more, and the next", async () => {
    const dir = join(root, "greeter");
    project(dir, "greeter");
    const git = repository(dir);
    const plan = await release(dir, "--dry-run");
    expect(plan.stdout).toMatch(/^ {2}0\.1\.0 {2}sha256:\w+ {2}to be tested and pushed\n {4}0\.1 {2}new\n/m);
    expect(await tags("greeter").catch(() => [])).toEqual([]);

    const first = await release(dir);
    expect(first, first.stderr).toMatchObject({ status: 0, stdout: "" });
    expect(first.stderr).toContain(`released greeter 0.1.0: ${registry.host}/greeter:0.1.0`);
    expect(await tags("greeter")).toEqual(["0", "0.1", "0.1.0", "latest"]);
    expect(git("tag")).toBe("v0.1.0");
    const image = await pushed("greeter").pull("0.1.0");
    expect(image.manifest.annotations).toMatchObject({
      "org.opencontainers.image.revision": git("rev-parse", "HEAD"),
      "org.opencontainers.image.licenses": "Apache-2.0",
    });
    const beside = await pushed("greeter").referrers(image.descriptor.digest);
    expect(beside.map(({ artifactType }) => artifactType).sort()).toEqual([
      "application/vnd.cyclonedx+json",
      ...Array(3).fill("application/vnd.in-toto+json"),
    ]);

    const again = await release(dir);
    expect(again.stderr).toContain("0.1.0 is already pushed");
    writeFileSync(join(dir, "NOTES.md"), "a note\n");
    expect(await release(dir)).toMatchObject({ status: 1, stderr: expect.stringMatching(/NOTES\.md: not committed/) });
    git("add", "--all");
    git("commit", "--quiet", "--message", "A note");
    const later = await release(dir);
    expect(later).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^greeter 0\.1\.0 was released from commit/),
    });

    change(dir, (manifest) => ({ ...manifest, version: "0.2.0" }));
    git("commit", "--quiet", "--all", "--message", "0.2.0");
    expect(await release(dir, "--push-tags")).toMatchObject({ status: 0 });
    expect(git("ls-remote", "--tags", "origin")).toContain("refs/tags/v0.2.0");
    expect(await tags("greeter")).toEqual(["0", "0.1", "0.1.0", "0.2", "0.2.0", "latest"]);
    expect((await pushed("greeter").resolve("latest"))?.digest).toBe(
      (await pushed("greeter").resolve("0.2.0"))?.digest,
    );
  });

  test("a filter that its cases refuse is not pushed", async () => {
    const dir = join(root, "broken");
    project(dir, "broken");
    const cases = join(dir, "cases.yaml");
    writeFileSync(cases, readFileSync(cases, "utf8").replace("welcome]]", "farewell]]"));
    repository(dir);
    const refused = await release(dir);
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/fails the gate: .*a-greeting on host/),
    });
    await expect(tags("broken")).resolves.toEqual([]);
  });

  test("all filters of a workspace", async () => {
    const dir = join(root, "filters");
    mkdirSync(join(dir, "packages"), { recursive: true });
    writeFileSync(
      join(dir, "package.json"),
      JSON.stringify({ name: "filters", private: true, workspaces: ["packages/*"] }),
    );
    for (const name of ["one", "two"]) project(join(dir, "packages", name), name);
    const git = repository(dir);
    expect(await release(dir, "--repository", `${registry.host}/both`)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/there are several filters here/),
    });
    const both = await release(dir);
    expect(both, both.stderr).toMatchObject({ status: 0 });
    expect(git("tag").split("\n")).toEqual(["one@0.1.0", "two@0.1.0"]);
    expect(await tags("two")).toEqual(["0", "0.1", "0.1.0", "latest"]);
  });
});
