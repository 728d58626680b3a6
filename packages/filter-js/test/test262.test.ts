import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fault, readTests, type Test } from "../test262/tests.ts";

/** A checkout with a harness of four files, and these tests in the folder `Thing`. */
function checkout(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), "test262-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  for (const folder of ["harness", "test/built-ins/Thing/deep"]) mkdirSync(join(dir, folder), { recursive: true });
  for (const name of ["assert.js", "sta.js", "doneprintHandle.js", "more.js"])
    writeFileSync(join(dir, "harness", name), `/* ${name} */`);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, "test/built-ins/Thing", name), text);
  return dir;
}

const source = (about: string) => `/*---\ndescription: one\n${about}---*/\nbody();`;
const included = (script: string) => [...script.matchAll(/\/\* (\w+\.js) \*\//g)].map(([, name]) => name);

test("tests are read in order, with the harness that they ask for in either form of YAML", () => {
  const dir = checkout({
    "b.js": source("flags: [async]\nincludes: [more.js]\nfeatures: [Symbol, BigInt]\n"),
    "a.js": source("includes:\n  - more.js\n"),
    "deep/c.js": source("flags: [raw]\nnegative:\n  phase: parse\n  type: SyntaxError\n"),
    "d.js": source("flags: [module]\n"),
  });
  const tests = [...readTests(dir, ["Thing"])];
  expect(tests.map(({ name }) => name)).toEqual(["Thing/a.js", "Thing/b.js", "Thing/deep/c.js"]);
  expect(tests.map(({ script }) => included(script))).toEqual([
    ["assert.js", "sta.js", "more.js"],
    ["assert.js", "sta.js", "doneprintHandle.js", "more.js"],
    [],
  ]);
  expect(tests.map(({ features }) => features)).toEqual([[], ["Symbol", "BigInt"], []]);
  expect(tests.map(({ asynchronous }) => asynchronous)).toEqual([false, true, false]);
  expect(tests.map(({ negative }) => negative)).toEqual([undefined, undefined, "SyntaxError"]);
});

test("a strict test comes after a harness that is not strict", () => {
  const [strict] = readTests(checkout({ "a.js": source("flags: [onlyStrict]\n") }), ["Thing"]);
  const [harness, body] = strict?.script.split("\n// then\n") ?? [];
  expect(harness).not.toContain("use strict");
  expect(body).toMatch(/^"use strict";\n[\s\S]*body\(\);$/);
});

const TEST: Test = { name: "Thing/a.js", script: "", features: [], asynchronous: false };

test.each<[string, Partial<Test>, string[], string | undefined]>([
  ["ends", {}, ["Test262:End"], undefined],
  ["throws", {}, ["Test262:Threw:TypeError: no"], "TypeError: no"],
  ["traps", {}, ["Test262:Trapped: unreachable"], "Trapped: unreachable"],
  ["says nothing", {}, [], "it did not run"],
  ["has to throw and does", { negative: "SyntaxError" }, ["Test262:Threw:SyntaxError: x"], undefined],
  ["has to throw and ends", { negative: "SyntaxError" }, ["Test262:End"], "no SyntaxError, but Test262:End"],
  ["is done later", { asynchronous: true }, ["Test262:End", "Test262:AsyncTestComplete"], undefined],
  ["fails later", { asynchronous: true }, ["Test262:End", "Test262:AsyncTestFailure:Error: x"], "Error: x"],
  ["is never done", { asynchronous: true }, ["Test262:End"], "it did not call $DONE"],
])("the verdict on a test that %s", (_, kind, lines, expected) => {
  expect(fault({ ...TEST, ...kind }, lines)).toBe(expected);
});
