import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findRoot, findVariants } from "@wasm-header-filter/oci";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../environment/temporary.ts";
import { readPeers } from "../figures/peers.ts";
import { readRecorded } from "../figures/recorded.ts";
import { readAdvice } from "./advice.ts";
import { costTable } from "./costs.ts";
import { PEERS_DOCUMENT, peerTable } from "./peers.ts";
import { readTable, writeTable } from "./readme.ts";
import { grouped } from "./units.ts";

const folder = temporaryFolder("readme");
afterAll(() => folder.remove());
const root = findRoot(import.meta.dirname);

const readme = join(root, "README.md");
const rowsOf = (table: string) =>
  table
    .split("\n")
    .slice(2)
    .map((row) => row.split("|").map((cell) => cell.trim().replaceAll("`", "")));

test("the README's table tells the instructions that are recorded: after a change, npm run report -- --readme", () => {
  const told = rowsOf(readTable(readme, "variants"));
  // A variant that is built on demand may not have been there.
  const measured = findVariants(root, "all").filter(
    ({ variant, onDemand }) => !onDemand || told.some(([, name]) => name === variant),
  );
  const recorded = measured.flatMap(({ variant, dir }) => {
    const costs = readRecorded(dir);
    if (!costs) return [];
    const counts = Object.values(costs).map(({ instructions }) => grouped(instructions));
    return [[variant, readAdvice(dir).replaceAll("`", ""), counts.join(" / ")]];
  });
  expect(told.map(([, variant, advice, , , , counts]) => [variant, advice, counts])).toEqual(recorded);
});

test("the README's table of costs tells the instructions in Envoy that are recorded: npm run report -- --readme", () => {
  const table = readTable(readme, "costs");
  const rows = findVariants(root, "all").map(({ variant, dir }) => ({
    variant,
    description: "",
    recorded: readRecorded(dir),
  }));
  expect(rows.some(({ variant }) => table.includes(`| **\`${variant}\`: `))).toBe(true);
  expect(table).toBe(costTable(table, rows));
});

test("filter-js' table of other SDKs tells what is recorded: npm run report -- --peers", () => {
  const peers = readPeers(root);
  expect(readTable(join(root, PEERS_DOCUMENT), "peers")).toBe(peerTable(peers));
  // Each that can have both kinds of requests has both.
  const kinds = Object.values(peers.filters).map(({ instructions }) => Object.keys(instructions).length);
  expect(kinds.filter((count) => count === 2).length).toBeGreaterThanOrEqual(5);
});

test("the table is put between its marks, and nothing else is touched", () => {
  const file = join(folder.path, "README.md");
  writeFileSync(file, "before\n<!-- variants: npm run report -- --readme -->\nold\n<!-- /variants -->\nafter\n");
  writeTable(file, "variants", "| new |");
  expect(readTable(file, "variants")).toBe("| new |");
  expect(readFileSync(file, "utf8")).toMatch(/^before\n<!--[^\n]*-->\n\| new \|\n<!-- \/variants -->\nafter\n$/);
  writeFileSync(file, "no marks");
  expect(() => writeTable(file, "variants", "")).toThrow("README.md: expected a line <!-- variants: npm run report");
});
