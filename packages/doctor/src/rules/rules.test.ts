import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RULES } from "./rules.ts";

const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
const table = RULES.flatMap(({ rules }) =>
  rules.map(({ id, severity, refuses }) => `| \`${id}\` | ${severity} | ${refuses} |`),
);

test("the README lists the rules as they are", () => {
  expect(readme.match(/^\| `[a-z0-9-]+` \| (error|warning|info) \|.*/gm)).toEqual(table);
});

test("each rule has a name of its own and a source", () => {
  const ids = RULES.flatMap(({ rules }) => rules.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(RULES.flatMap(({ rules }) => rules.filter(({ source }) => source === ""))).toEqual([]);
});
