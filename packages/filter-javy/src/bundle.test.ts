import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { bundle } from "./bundle.ts";

const dir = mkdtempSync(join(tmpdir(), "filter-javy-bundle-"));
afterAll(() => rmSync(dir, { recursive: true }));

function write(folder: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(join(dir, folder), { recursive: true });
  for (const [name, source] of Object.entries(files)) writeFileSync(join(dir, folder, name), source);
  return join(dir, folder, "filter.ts");
}

/** What a bundle passes to the plugin. */
async function defined(filter: string): Promise<unknown> {
  let passed: unknown;
  new Function("defineProxyWasmFilter", (await bundle(filter)).script)((value: unknown) => {
    passed = value;
  });
  return passed;
}

/** What looks like a comment, at the beginning of a line, at its end and in the middle. */
const COMMENTS = [
  "// a/b.ts",
  "//",
  "/* a */",
  "/*",
  "*/",
  "//! a",
  "/*! a */",
  "//# sourceMappingURL=a",
  "<!-- a -->",
  "#!a",
];
const LINES = COMMENTS.flatMap((comment) => [comment, `a ${comment}`, `  ${comment} b`]);

test.each([
  ["a template", (line: string) => `\`first\n${line}\nlast\``],
  ["a tagged template", (line: string) => `String.raw\`first\n${line}\nlast\``],
  ["a template with a value", (line: string) => `\`first\n${line}\n${"$"}{"last"}\``],
  ["a nested template", (line: string) => `\`first\n${"$"}{\`${line}\`}\nlast\``],
  ["a string with a continued line", (line: string) => `"first\\n\\\n${line}\\nlast"`],
  ["a string", (line: string) => JSON.stringify(`first\n${line}\nlast`)],
])("%s keeps each line", async (_, literal) => {
  const source = `export default [\n${LINES.map((line) => literal(line)).join(",\n")},\n];`;
  expect(await defined(write("literals", { "filter.ts": source }))).toEqual(
    LINES.map((line) => `first\n${line}\nlast`),
  );
});

test("a regular expression is no comment", async () => {
  const source = "export default [/\\/\\/ a/, /[/]* a/, /\\/*/].map(String);";
  expect(await defined(write("expressions", { "filter.ts": source }))).toEqual(["/\\/\\/ a/", "/[/]* a/", "/\\/*/"]);
});

test("comments are left out, and the folder does not show", async () => {
  const files = {
    "filter.ts": "// one\nimport { name } from './name.ts'; /*! two */\n//! three\nexport default () => name; // four",
    "name.ts": "/** five */\nexport const name: string = 'a';",
  };
  const { script, map } = await bundle(write("short", files));
  expect(script).not.toMatch(/one|two|three|four|five|short|name\.ts/);
  expect(await bundle(write("a/longer/one", files))).toEqual({ script, map });
  expect(JSON.parse(map).sources).toEqual(["filter.ts", "<stdin>"]);
});
