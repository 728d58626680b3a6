import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findRoot } from "@wasm-header-filter/oci";
import { expect, test } from "vitest";
import { sourceFiles } from "../src/fixtures/source-files.ts";

/** The most lines of a file, as CONTRIBUTING.md has it. */
const MOST = 300;

const root = findRoot(import.meta.dirname);
const lengths = sourceFiles(root)
  .filter((path) => /\.(ts|tsx|mjs|rs|go|c|h|wat|css|py|sh)$/.test(path))
  .map((path) => [path, readFileSync(join(root, path), "utf8").trimEnd().split("\n").length] as const);

test.each(["ts", "tsx", "mjs", "rs"])("there are files that end in .%s", (ending) => {
  expect(lengths.filter(([path]) => path.endsWith(`.${ending}`)).length).toBeGreaterThan(1);
});

test(`no source file has more than ${MOST} lines`, () => {
  expect(lengths.filter(([, lines]) => lines > MOST)).toEqual([]);
});
