import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { findRoot, findVariants } from "@wasm-header-filter/oci";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assemble } from "../src/assemble.ts";
import { type Manifest, publicPackages, readManifest } from "../src/workspace.ts";

const root = findRoot(import.meta.dirname);
const output = mkdtempSync(join(tmpdir(), "packages-"));
const folders = publicPackages(root).map(({ folder }) => folder);

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
    const there = globSync("**", { cwd: dir, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBe(there.length);
    expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json"]));
    expect(files.filter(({ path }) => /\.test\.|tsconfig/.test(path) && !path.startsWith("assembly/"))).toEqual([]);

    const pkg = createPackageFromTarballData(new Uint8Array(readFileSync(join(output, filename))));
    const result = await checkPackage(pkg, { excludeEntrypoints: ["plugin.wasm"] });
    // The packages are ESM only.
    const ours = (problem: { kind: string; resolutionKind?: string }) =>
      problem.kind !== "CJSResolvesToESM" &&
      problem.resolutionKind !== "node10" &&
      problem.resolutionKind !== "node16-cjs";
    expect(result.types ? result.problems.filter(ours) : []).toEqual([]);
  });

  test("what it imports, it depends on", () => {
    const { name, dependencies = {}, peerDependencies = {} } = readManifest(join(dir, "package.json"));
    const imported = globSync("src/**/*.{js,d.ts}", { cwd: dir }).flatMap((path) =>
      [
        ...readFileSync(join(dir, path), "utf8").matchAll(/\bfrom ["']([^."'][^"']*)["']|\bimport\("([^."][^"]*)"\)/g),
      ].map(([, from, dynamic]) => (from ?? dynamic ?? "").match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? ""),
    );
    const others = imported.filter((of) => !of.startsWith("node:") && !builtinModules.includes(of) && of !== name);
    expect([...new Set(others)].filter((of) => !(of in dependencies || of in peerDependencies))).toEqual([]);
  });
});

test.each(findVariants(root))("$name holds its module and what was built of it", ({ dir, dist }) => {
  const { folder } = publicPackages(root).find((pkg) => pkg.dir === dir) ?? expect.unreachable("is private");
  for (const file of ["plugin.wasm", "plugin.json"]) {
    const published = readFileSync(join(output, "publish", folder, "dist", file));
    expect(published.equals(readFileSync(join(dist.module, "..", file))), file).toBe(true);
  }
});
