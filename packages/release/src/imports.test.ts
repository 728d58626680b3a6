import { expect, test } from "vitest";
import { references } from "./imports.ts";

const values = (path: string, text: string) => references(path, text).imports.map(({ value }) => value);

test.each([
  ['import "./a.js"; import b from "./b.js"; import * as c from "./c.js";', ["./a.js", "./b.js", "./c.js"]],
  ['export { a } from "./a.js"; export * from "./b.js"; export const c = 1;', ["./a.js", "./b.js"]],
  ['const a = await import("./a.js"), b = await import(a.name);', ["./a.js"]],
  ['const text = `\nimport "./a.js";\nexport * from "./b.js";`, other = \'import("./c.js")\'; // from "./d.js"', []],
])("%s", (text, expected) => expect(values("a.js", text)).toEqual(expected));

test("declarations import types", () => {
  const text = 'import type { A } from "./a.ts"; export declare const b: import("./b.ts").B; export * from "./c.ts";';
  expect(values("a.d.ts", text).sort()).toEqual(["./a.ts", "./b.ts", "./c.ts"]);
});

test("an import's place is that of its quotes", () => {
  const text = '"é😀"; import "./a.js";';
  const [found] = references("a.js", text).imports;
  expect(text.slice(found?.start, found?.end)).toBe('"./a.js"');
});

test("files beside a module", () => {
  const text =
    'new URL("../a.wat", import.meta.url); new URL(`b.$' +
    '{c}`, import.meta.url); new URL(d, import.meta.url); new URL("e", f); new URL("//g")';
  expect(references("a.js", text).urls).toEqual(["../a.wat", "b.*", "*"]);
});

test("what is no module", () => {
  expect(() => references("a.js", "import from")).toThrow(/^a\.js: /);
});
