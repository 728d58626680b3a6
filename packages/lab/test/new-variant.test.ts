import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "@changesets/config";
import { findRoot, findVariants } from "@wasm-header-filter/oci";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const MANIFESTS = "@wasm-header-filter/manifests";
const NEW = "@wasm-header-filter/filter-new";

// A copy of the repository in which one folder is new.
const root = findRoot(import.meta.dirname);
const copy = mkdtempSync(join(tmpdir(), "new-variant-"));
beforeAll(() => {
  const files = ["package.json", "package-lock.json", ".changeset/config.json"];
  for (const file of [...files, ...globSync("packages/*/package.json", { cwd: root })])
    cpSync(join(root, file), join(copy, file), { recursive: true });
  mkdirSync(join(copy, "packages/filter-new"));
  const declaration = { name: NEW, version: "1.2.3", wasmFilter: { variant: "new" } };
  writeFileSync(join(copy, "packages/filter-new/package.json"), JSON.stringify(declaration));
});
afterAll(() => rmSync(copy, { recursive: true }));

test("manifests are written for a new variant as for the others", () => {
  const main = join(root, "packages/manifests/src/main.ts");
  const repository = "localhost:5000/wasm-header-filter";
  execFileSync(process.execPath, [main, "--repository", repository, "-o", "dist"], { cwd: copy });
  const overlays = globSync("dist/overlays/*", { cwd: copy }).sort();
  expect(overlays).toEqual(findVariants(copy, "all").map(({ variant }) => `dist/overlays/${variant}`));
  expect(readFileSync(join(copy, "dist/overlays/new/plugin.yaml"), "utf8")).toContain(`oci://${repository}:1.2.3-new`);
});

describe.each([
  ["this repository", root],
  ["one with a new variant", copy],
])("in %s", (_, folder) => {
  test("changesets gives the variants and manifests, and nothing else, one version", async () => {
    const { config, errors } = await readConfig(folder);
    expect(errors).toBeUndefined();
    const variants = findVariants(folder, "all").map(({ name }) => name);
    expect(variants.includes(NEW)).toBe(folder === copy);
    expect(config?.fixed.map((names) => names.toSorted())).toEqual([[...variants, MANIFESTS].sort()]);
  });
});
