import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadKnown, table } from "./known.ts";

const page = readFileSync(fileURLToPath(new URL("../../../../docs/envoy-differences.md", import.meta.url)), "utf8");

test("the documents list each known difference with its reason", () => {
  const listed = /<!-- known -->\n(.*?)<!-- \/known -->/s.exec(page)?.[1]?.trim();
  expect(listed).toBe(table(loadKnown()));
});

test("what is not compared can't be known to differ", () => {
  expect(() => loadKnown(["only / this"])).toThrow(/there is no case responses \/ upgrade/);
});
