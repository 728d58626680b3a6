import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findRoot, findVariants } from "@wasm-header-filter/oci";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../environment/temporary.ts";
import type { RequestCosts } from "../figures/per-request.ts";
import { readTable, writeTable } from "./readme.ts";
import { grouped } from "./units.ts";

const folder = temporaryFolder("readme");
afterAll(() => folder.remove());
const root = findRoot(import.meta.dirname);

test("the README's table tells the instructions that are recorded: after a change, npm run report -- --readme", () => {
  const rows = readTable(join(root, "README.md")).split("\n").slice(2);
  const told = rows.map((row) => row.split("|").map((cell) => cell.trim().replaceAll("`", "")));
  // A variant that is built on demand may be missing.
  const measured = findVariants(root, "all").filter(
    ({ variant, onDemand }) => !onDemand || told.some(([, name]) => name === variant),
  );
  const recorded = measured.flatMap(({ variant, dir }) => {
    const file = join(dir, "figures.json");
    if (!existsSync(file)) return [];
    const costs = JSON.parse(readFileSync(file, "utf8")) as RequestCosts;
    const counts = Object.values(costs).map(({ instructions }) => grouped(instructions));
    return [[variant, counts.join(" / ")]];
  });
  expect(told.map(([, variant, , , , , counts]) => [variant, counts])).toEqual(recorded);
});

test("the table is put between its marks, and nothing else is touched", () => {
  const file = join(folder.path, "README.md");
  writeFileSync(file, "before\n<!-- variants: npm run report -- --readme -->\nold\n<!-- /variants -->\nafter\n");
  writeTable(file, "| new |");
  expect(readTable(file)).toBe("| new |");
  expect(readFileSync(file, "utf8")).toMatch(/^before\n<!--[^\n]*-->\n\| new \|\n<!-- \/variants -->\nafter\n$/);
  writeFileSync(file, "no marks");
  expect(() => writeTable(file, "")).toThrow("README.md: expected a line <!-- variants: npm run report");
});
