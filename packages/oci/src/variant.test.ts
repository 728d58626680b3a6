import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folder } from "./fixtures/folder.ts";
import { findRoot, findVariants } from "./variant.ts";

const root = { workspaces: ["packages/*"] };
const as = { name: "filter-as", version: "1.0.0", wasmFilter: { variant: "as", toolchain: ["assemblyscript"] } };
const other = { name: "filter-b", version: "1.0.0", wasmFilter: { variant: "b-c" } };

test("variants are the workspaces that declare one, sorted", () => {
  const dir = folder({
    "package.json": root,
    "packages/a/package.json": other,
    "packages/b/package.json": { name: "no variant" },
    "packages/z/package.json": as,
    "elsewhere/package.json": { ...as, name: "not a workspace" },
  });
  mkdirSync(join(dir, "packages/empty"));
  const variants = findVariants(dir);
  expect(variants.map(({ variant, name, version, toolchain }) => ({ variant, name, version, toolchain }))).toEqual([
    { variant: "as", name: "filter-as", version: "1.0.0", toolchain: ["assemblyscript"] },
    { variant: "b-c", name: "filter-b", version: "1.0.0", toolchain: [] },
  ]);
  expect(variants[0]).toMatchObject({
    dir: join(dir, "packages/z"),
    dist: {
      module: join(dir, "packages/z/dist/plugin.wasm"),
      layout: join(dir, "packages/z/dist/oci"),
      plugin: join(dir, "packages/z/dist/plugin.json"),
    },
  });
  expect(variants[0]).not.toHaveProperty("plugin");
  expect(findRoot(join(dir, "packages/z"))).toBe(dir);
});

test("a variant that is built on demand is left out unless all are asked for", () => {
  const files = { "package.json": root, "packages/a/package.json": other };
  const slow = { ...as, wasmFilter: { ...as.wasmFilter, onDemand: true } };
  const dir = folder({ ...files, "packages/z/package.json": slow, "packages/z/dist/plugin.wasm": "" });
  expect(findVariants(dir).map(({ variant }) => variant)).toEqual(["b-c"]);
  expect(findVariants(dir, "all").map(({ variant }) => variant)).toEqual(["as", "b-c"]);
});

test.each([
  ["twice", { "packages/x/package.json": as }, "declares the variant as, which"],
  ["not JSON", { "packages/x/package.json": "{" }, "packages/x/package.json: not JSON"],
  ["no object", { "packages/x/package.json": "null" }, "expected a JSON object"],
  ["text", { "packages/x/package.json": { ...other, wasmFilter: "as" } }, "wasmFilter must be an object"],
  ["no name", { "packages/x/package.json": { ...other, wasmFilter: {} } }, "wasmFilter.variant must be like"],
  ["bad name", { "packages/x/package.json": { ...other, wasmFilter: { variant: "A_s" } } }, 'got "A_s"'],
  [
    "typo",
    { "packages/x/package.json": { ...other, wasmFilter: { variant: "b", toolchains: [] } } },
    'wasmFilter has no "toolchains"',
  ],
  ["version", { "packages/x/package.json": { ...other, version: "1.0.0+x" } }, "version 1.0.0+x can't be part of"],
  ["no version", { "packages/x/package.json": { ...other, version: undefined } }, "needs a name and a version"],
  ["result", { "packages/a/dist/plugin.json": "{}" }, "plugin.json: not a build result"],
])("refused: %s", (_, files, reason) => {
  const dir = folder({ "package.json": root, "packages/a/package.json": as, ...files });
  expect(() => findVariants(dir)).toThrow(reason);
});

test("outside of a repository there is no root", () => {
  expect(() => findRoot(folder())).toThrow("not in an npm workspace");
});
