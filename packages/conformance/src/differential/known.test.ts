import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadKnown, table } from "./known.ts";

const EXCHANGES = fileURLToPath(new URL("../../exchanges-known.yaml", import.meta.url));

const page = readFileSync(fileURLToPath(new URL("../../../../docs/envoy-differences.md", import.meta.url)), "utf8");

test.each([
  ["known", undefined],
  ["exchanges", EXCHANGES],
])("the documents list each known difference with its reason: %s", (name, file) => {
  const listed = new RegExp(`<!-- ${name} -->\\n(.*?)<!-- /${name} -->`, "s").exec(page)?.[1]?.trim();
  expect(listed).toBe(table(loadKnown(undefined, file)));
});

test("what is not compared can't be known to differ", () => {
  expect(() => loadKnown(["only / this"])).toThrow(/there is no case probe: headers \/ a-header-with-an-empty-name/);
});
