import { execFileSync, spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { unless } from "@wasm-header-filter/cli/testing";
import { findRoot, findVariants } from "@wasm-header-filter/oci";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { minVersion, satisfies } from "semver";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assemble } from "../src/assemble.ts";
import { references } from "../src/imports.ts";
import { type Manifest, publicPackages, readManifest } from "../src/workspace.ts";

const root = findRoot(import.meta.dirname);
const output = mkdtempSync(join(tmpdir(), "packages-"));
const folders = publicPackages(root).map(({ folder }) => folder);

/** What modules look for outside of their packages. */
const OUTSIDE = ["../../../../.venv"];

/** The first Node on the path that is older than the packages need. */
const oldNode = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "node"))
  .find((node) => /^v(1[4-9]|2[01])\./.test(spawnSync(node, ["--version"], { encoding: "utf8" }).stdout ?? ""));

/** What npm packs of each package, in the order of {@link folders}. */
let tarballs: { filename: string; files: { path: string }[] }[];
beforeAll(async () => {
  await assemble(root, output);
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", output];
  const packed = execFileSync("npm", [...args, ...folders.map((folder) => `./publish/${folder}`)], {
    cwd: output,
    maxBuffer: 64 << 20,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  tarballs = JSON.parse(packed);
});
afterAll(() => rmSync(output, { recursive: true }));

describe.each(folders)("publish/%s", (folder) => {
  const dir = join(output, "publish", folder);
  test("publint finds nothing", async () => {
    const { messages, pkg } = await publint({ pkgDir: dir, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg as Manifest, { color: false }))).toEqual([]);
  });

  test("npm takes all of it, and types resolve as they should", async () => {
    const { filename, files } = tarballs[folders.indexOf(folder)] ?? expect.unreachable("is not packed");
    const there = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBe(there.length);
    expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json"]));
    expect(
      files.filter(({ path }) => /\.test\.|tsconfig\.json/.test(path) && !/^(assembly|templates)\//.test(path)),
    ).toEqual([]);

    const pkg = createPackageFromTarballData(new Uint8Array(readFileSync(join(output, filename))));
    const result = await checkPackage(pkg, { excludeEntrypoints: ["plugin.wasm", "plugin.wasm.map"] });
    // The packages are ESM only.
    const ours = (problem: { kind: string; resolutionKind?: string }) =>
      problem.kind !== "CJSResolvesToESM" &&
      problem.resolutionKind !== "node10" &&
      problem.resolutionKind !== "node16-cjs";
    expect(result.types ? result.problems.filter(ours) : []).toEqual([]);
  });

  test("what it imports, it depends on or has", () => {
    const { name, dependencies = {}, peerDependencies = {} } = readManifest(join(dir, "package.json"));
    const known = [...Object.keys(dependencies), ...Object.keys(peerDependencies), name];
    const modules = globSync("**/*.{js,d.ts}", { cwd: dir });
    const missing = modules.flatMap((path) => {
      const { imports, urls } = references(path, readFileSync(join(dir, path), "utf8"));
      const beside = urls.filter((url) => !OUTSIDE.includes(url));
      const own = imports.map(({ value }) => value).filter((value) => value.startsWith("."));
      // The declarations of `./a.js` are in `./a.d.ts`.
      const files = path.endsWith(".d.ts") ? own.map((value) => value.replace(/\.js$/, ".d.ts")) : own;
      const absent = [...beside, ...files].filter((file) => globSync(join(dir, dirname(path), file)).length === 0);
      const bare = imports.map(({ value }) => value).filter((value) => !/^\.|:/.test(value));
      const others = bare.map((value) => value.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? "");
      return [...absent, ...others.filter((other) => !known.includes(other))].map((it) => [path, it]);
    });
    expect(missing).toEqual([]);
  });

  test("what it depends on runs on the oldest Node that it names", () => {
    const { engines, dependencies = {} } = readManifest(join(dir, "package.json"));
    const { node } = engines as { node: string };
    expect(node).toMatch(/^>=\d+\.\d+\.\d+$/);
    const needs = Object.keys(dependencies).flatMap((name) => {
      const { engines } = readManifest(join(root, "node_modules", name, "package.json"));
      return [[name, (engines as { node?: string } | undefined)?.node ?? "*"] as const];
    });
    expect(needs.filter(([, range]) => !satisfies(minVersion(node) ?? "", range))).toEqual([]);
  });
});

describe("on an old Node", unless(oldNode ? undefined : "no Node 14 to 21 on the PATH"), () => {
  beforeAll(() => {
    // Nothing else is installed: the version is checked before anything else is imported.
    const scope = join(output, "node_modules/@wasm-header-filter");
    mkdirSync(scope, { recursive: true });
    symlinkSync(join(output, "publish/cli"), join(scope, "cli"));
  });

  const commands = folders.flatMap((folder) => {
    const { bin = {} } = readManifest(join(root, "packages", folder, "package.json"));
    return Object.entries(bin).map(([name, path]) => [name, folder, path.replace(/\.ts$/, ".js")] as const);
  });
  test("there are commands", () => expect(commands.length).toBeGreaterThan(7));

  test.each(commands)("%s says in one line which Node it needs", (_, folder, path) => {
    const { name, engines } = readManifest(join(output, "publish", folder, "package.json"));
    const needed = (engines as { node: string }).node.replace(">=", "");
    const { status, stdout, stderr } = spawnSync(oldNode ?? "", [join(output, "publish", folder, path), "--help"], {
      encoding: "utf8",
    });
    expect(stderr.split("\n")).toEqual([
      expect.stringMatching(
        new RegExp(`^${name}: Node \\d+\\.\\d+\\.\\d+ is too old; expected ${needed} or newer; install a newer Node`),
      ),
      "",
    ]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  });
});

test.each(findVariants(root))("$name holds its module and what was built of it", ({ dir, dist }) => {
  const { folder } = publicPackages(root).find((pkg) => pkg.dir === dir) ?? expect.unreachable("is private");
  for (const file of ["plugin.wasm", "plugin.json"]) {
    const published = readFileSync(join(output, "publish", folder, "dist", file));
    expect(published.equals(readFileSync(join(dist.module, "..", file))), file).toBe(true);
  }
});
