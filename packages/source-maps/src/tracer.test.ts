import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "@jridgewell/sourcemap-codec";
import { afterAll, expect, test } from "vitest";
import { engineMap } from "./engine-map.ts";
import { mapBeside } from "./map-beside.ts";
import { tracer } from "./tracer.ts";

const dir = mkdtempSync(join(tmpdir(), "tracer-"));
afterAll(() => rmSync(dir, { recursive: true }));

/** A script's second line has positions after text that isn't ASCII: UTF-16 columns 0, 5 and 10 are the bytes 0, 8 and 13. */
const SCRIPT = "first\n🗝éa thro b";
const MAPPINGS = encode([[[0, 0, 0, 0]], [[0, 0, 11, 6], [5, 1, 2, 4], [10]]]); // biome-ignore format: a line of the script each
const BUNDLED = { version: 3, sources: ["guard.ts", "lib/gäste.ts"], names: [], mappings: MAPPINGS };
const MAP = engineMap(JSON.stringify(BUNDLED), SCRIPT, join(dir, "guard.ts"));

test.each([
  ["    at a (function.mjs:2:1)", "    at a (guard.ts:12:7)"],
  ["    at a (/filter.js:2:1)", "    at a (guard.ts:12:7)"],
  ["filter.js:2:9 and function.mjs:2:8", "lib/gäste.ts:3:5 and guard.ts:12:7"],
  // Neither the bundle's end, nor other lines, files and columns are in the map.
  ["function.mjs:2:14", "function.mjs:2:14"],
  ["function.mjs:3:1", "function.mjs:3:1"],
  ["function.mjs:0:0", "function.mjs:0:0"],
  [
    "my-function.mjs.bak:2:1, myfilter.js:2:1, function.mjs:2",
    "my-function.mjs.bak:2:1, myfilter.js:2:1, function.mjs:2",
  ],
])("%s", (text, traced) => {
  expect(tracer(MAP)(text)).toBe(traced);
});

test("a map for an engine that counts units of UTF-16 has the same positions at other columns", () => {
  const trace = tracer(engineMap(JSON.stringify(BUNDLED), SCRIPT, join(dir, "guard.ts"), "units"));
  expect(trace("describe@filter.js:2:6")).toBe("describe@lib/gäste.ts:3:5");
  expect(trace("describe@filter.js:2:5 filter.js:2:9")).toBe("describe@guard.ts:12:7 lib/gäste.ts:3:5");
});

test("sources have the names that their author knows, whatever the folder", () => {
  writeFileSync(join(dir, "package.json"), "{}");
  const sources = ["guard.ts", "../far.ts", "<stdin>", join(import.meta.dirname, "tracer.ts")];
  const map = engineMap(JSON.stringify({ ...BUNDLED, sources }), SCRIPT, join(dir, "guard.ts"));
  expect(JSON.parse(map).sources).toEqual([
    "guard.ts",
    "../far.ts",
    "<stdin>",
    "@wasm-header-filter/source-maps/src/tracer.ts",
  ]);
  expect(map).not.toContain(dir);
});

test.each([
  "null",
  "{}",
  "[",
  "[]",
  '{"mappings":1,"sources":[]}',
  '{"mappings":"","sources":[1]}',
  '{"mappings":"","sources":[],"names":[1]}',
  '{"mappings":"","sources":[],"names":1}',
])("%s is no source map", (text) => {
  expect(() => tracer(text)).toThrow();
});

/** A module whose bytes 0x10 to 0x1f are of a function, and from 0x20 on of one without a name. */
const IN_MODULE = JSON.stringify({
  version: 3,
  sources: ["assembly/index.ts", "~lib/array.ts"],
  sourceRoot: "./build",
  names: ["Guard#check"],
  mappings: encode([[[16, 0, 11, 6, 0], [24, 1, 2, 4, 0], [32, 0, 20, 0], [40]]]), // biome-ignore format: a function each
});

test.each([
  ["at wasm://wasm/8b0e62:wasm-function[3]:0x10", "at Guard#check (assembly/index.ts:12:7)"],
  ["at wasm-function[3]:0x1f, wasm-function[4]:0x27", "at Guard#check (~lib/array.ts:3:5), assembly/index.ts:21:1"],
  [
    "failed: unreachable\n  0:  0x10 - check\n 10:  0x20 - other",
    "failed: unreachable\n  0:  assembly/index.ts:12:7 - check\n 10:  assembly/index.ts:21:1 - other",
  ],
  // Neither what is before the first function and after the last, nor other numbers.
  ["wasm-function[3]:0xf wasm-function[3]:0x28", "wasm-function[3]:0xf wasm-function[3]:0x28"],
  ["function.mjs:1:17, 0x10, 0: 0x10", "function.mjs:1:17, 0x10, 0: 0x10"],
])("%s in a module", (text, traced) => {
  expect(tracer(IN_MODULE)(text)).toBe(traced);
});

test("a script's map is not taken for a module's", () => {
  expect(tracer(MAP)("wasm-function[3]:0x0")).toBe("wasm-function[3]:0x0");
});

test("the map beside a module is a file of its name", () => {
  const module = join(dir, "plugin.wasm");
  expect(mapBeside(module)).toBeUndefined();
  mkdirSync(`${module}.map`);
  expect(mapBeside(module)).toBeUndefined();
  rmSync(`${module}.map`, { recursive: true });
  writeFileSync(`${module}.map`, MAP);
  expect(mapBeside(module)?.toString()).toBe(MAP);
});

test("a broken map throws when it is read, or not at all", () => {
  // xorshift32
  let state = 0x9e3779b9;
  const random = (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const texts = "function.mjs:1:9 function.mjs:2:9 wasm-function[3]:0x10 wasm-function[3]:0x20";
  const outcomes = new Map<string, number>();
  for (let round = 0; round < 5000; round++) {
    const bytes = Buffer.from(round % 2 === 0 ? MAP : IN_MODULE);
    for (let change = random(3); change >= 0; change--) bytes[random(bytes.length)] = 32 + random(95);
    let trace: ReturnType<typeof tracer> | undefined;
    try {
      trace = tracer(bytes.toString());
    } catch {
      // Its message is for people.
    }
    const outcome = trace === undefined ? "refused" : trace(texts).includes("undefined") ? "undefined" : "read";
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  expect([...outcomes.keys()].sort()).toEqual(["read", "refused"]);
});
