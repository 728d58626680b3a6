import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findRoot, findVariants, readVariant } from "@wasm-header-filter/oci";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../src/environment/temporary.ts";
import { requestCosts } from "../src/figures/per-request.ts";
import { compareRecorded, readRecorded } from "../src/figures/recorded.ts";
import { conformanceProjects } from "../src/projects.ts";
import { readAdvice } from "../src/report/advice.ts";
import { builtVariants } from "../src/report/built.ts";
import { checkBudgets } from "../src/report/check.ts";
import { costTable } from "../src/report/costs.ts";
import { recordVariants } from "../src/report/record.ts";

// A copy of the repository in which one folder is new.
const root = findRoot(import.meta.dirname);
const copy = temporaryFolder("new-variant");
const dir = join(copy.path, "packages/filter-new");
const built = readVariant(join(root, "packages/filter-as"))?.dist.module ?? "";
const wasmFilter = { variant: "new", contents: ["@wasm-header-filter/filter-js"] };

beforeAll(() => {
  for (const { dir: other } of [{ dir: root }, ...findVariants(root, "all")]) {
    const file = join(other.replace(root, copy.path), "package.json");
    cpSync(join(other, "package.json"), file, { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy.path, "node_modules"));
  mkdirSync(join(dir, "dist"), { recursive: true });
  cpSync(built, join(dir, "dist/plugin.wasm"));
  writeFileSync(join(dir, "choose.md"), "It is\nnew.\n");
  writeFileSync(join(dir, "package.json"), JSON.stringify({ name: "new", version: "1.2.3", wasmFilter }));
});
afterAll(() => copy.remove());

/** Counts the same for each variant. */
const count = (instructions: number) => async (variants: readonly { readonly variant: string }[]) => ({
  counted: Object.fromEntries(
    variants.map(({ variant }) => [variant, { "without hello": instructions, "with hello": instructions }]),
  ),
});
const quiet = () => {};

test("a variant is found in its folder, with when to choose it", () => {
  const names = findVariants(root, "all").map(({ variant }) => variant);
  const variants = findVariants(copy.path, "all");
  expect(variants.map(({ variant }) => variant)).toEqual([...names, "new"].sort());
  expect(variants.find(({ variant }) => variant === "new")).toMatchObject({ dir });
  expect(readAdvice(dir)).toBe("It is new.");
});

test("its contract, figures and traces are tested, with the known differences of what it contains", () => {
  const projects = conformanceProjects(copy.path).map(({ test: project }) => project);
  expect(projects.map((project) => project?.name)).toContain("new");
  for (const suite of ["figures", "traces"]) {
    const subjects = projects.find((project) => project?.name === suite)?.provide?.subjects;
    expect(subjects?.find(({ variant }) => variant === "new")).toMatchObject({
      module: join(dir, "dist/plugin.wasm"),
      differences: [join(copy.path, "node_modules", "@wasm-header-filter/filter-js", "trace-differences.yaml")],
    });
  }
});

test("its figures are recorded in its folder and held to, and the README's table has them", async () => {
  const variants = builtVariants(copy.path, undefined);
  expect(variants.map(({ variant }) => variant)).toEqual(["new"]);
  await recordVariants(variants, quiet, count(12_345));
  expect(compareRecorded(dir, await requestCosts(readFileSync(built)))).toEqual([]);
  const lines: string[] = [];
  const check = (instructions: number) =>
    checkBudgets(variants, (line) => lines.push(line), quiet, count(instructions), { CI: "true" });
  expect(await check(12_345)).toBe(true);
  expect(await check(12_600)).toBe(false);
  expect(lines[0]).toBe("ok    new: without hello: 12345, recorded 12345: +0.00 %");
  const table = costTable("| filter |\n|---|", [{ variant: "new", description: "New", recorded: readRecorded(dir) }]);
  expect(table).toContain("| **`new`: New** | **12.3k** | **12.3k** | **–** |");
});
