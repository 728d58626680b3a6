import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(join(import.meta.dirname, path), "utf8");

/** Each name that the package exports, and the file that declares it. */
const exported = [...read("index.ts").matchAll(/^export (?:type )?\{([^}]*)\} from "(.+)";$/gm)].flatMap(
  ([, names = "", file = ""]) =>
    names
      .split(",")
      .map((name) => name.replace("type ", "").trim())
      .filter(Boolean)
      .map((name) => [name, file] as const),
);

/** The lines before a declaration: the end of its docstring, unless it has none. */
function precedingLines(source: string, name: string): string[] {
  const lines = source.split("\n").filter((line) => !line.startsWith("// biome-ignore"));
  const declaration = new RegExp(`^export (?:class|const|function|interface|type) ${name}\\b`);
  return lines.flatMap((line, at) => (declaration.test(line) ? [lines[at - 1] ?? ""] : []));
}

test("names are exported one by one", () => {
  expect(exported.length).toBeGreaterThan(80);
  expect(read("index.ts")).not.toContain("export *");
});

test.each(exported)("%s has a docstring", (name, file) => {
  const before = precedingLines(read(file), name);
  expect(before.length).toBeGreaterThan(0);
  for (const line of before) expect(line).toMatch(/\*\/$/);
});

test("a declaration without a docstring is found", () => {
  expect(precedingLines("/** Why. */\nexport const a = 1;\nexport const b = 2;", "b")).toEqual(["export const a = 1;"]);
});

test("README.md names each exported value", () => {
  const values = [...read("index.ts").matchAll(/^export \{([^}]*)\}/gm)]
    .flatMap(([, names = ""]) => names.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.startsWith("type "));
  const readme = read("../README.md");
  expect(values.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});
