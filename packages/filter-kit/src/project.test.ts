import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkConfiguration } from "./configuration.ts";
import { readProject, shortName } from "./project.ts";

const root = mkdtempSync(join(tmpdir(), "filter-kit-"));
afterAll(() => rmSync(root, { recursive: true }));

let count = 0;
function project(fields: object | string, files: Readonly<Record<string, string>> = {}): string {
  const dir = join(root, `p${count++}`);
  mkdirSync(join(dir, "src"), { recursive: true });
  writeFileSync(join(dir, "src/filter.ts"), "");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  const manifest =
    typeof fields === "string" ? fields : JSON.stringify({ name: "@me/one", version: "1.2.3", ...fields });
  writeFileSync(join(dir, "package.json"), manifest);
  return dir;
}
const FILTER = { source: "src/filter.ts", engines: ["javy"] };

test("a filter is read, from any folder of its package", () => {
  const dir = project({
    license: "MIT",
    wasmFilter: { ...FILTER, engines: ["jco", "javy"], repository: "ghcr.io/me/one" },
  });
  const read = readProject(join(dir, "src"));
  expect(read).toMatchObject({ dir, license: "MIT", source: "src/filter.ts", engines: ["jco", "javy"], plugin: {} });
  expect(shortName(read)).toBe("one");
});

test.each([
  ["no JSON", "{", /package\.json: not JSON: /],
  ["a list", "[]", /package\.json: expected a JSON object/],
  ["no name", { name: undefined, wasmFilter: FILTER }, /needs a name and a version/],
  ["no filter", {}, /no field wasmFilter, expected such as \{"source"/],
  ["an unknown field", { wasmFilter: { ...FILTER, sauce: 1 } }, /wasmFilter has no "sauce", only source, engines/],
  ["no source", { wasmFilter: { engines: ["javy"] } }, /wasmFilter\.source: expected a file's path/],
  ["a source that isn't there", { wasmFilter: { ...FILTER, source: "a.ts" } }, /source: a\.ts: no such file in /],
  ["no engine", { wasmFilter: { source: FILTER.source } }, /engines: expected a list of as, javy, jco, got nothing/],
  ["an unknown engine", { wasmFilter: { ...FILTER, engines: ["v8"] } }, /engines: .*, got \["v8"\]/],
  ["engines of two languages", { wasmFilter: { ...FILTER, engines: ["as", "javy"] } }, /as takes AssemblyScript/],
  ["a bad repository", { wasmFilter: { ...FILTER, repository: "A" } }, /wasmFilter\.repository: .*not valid/],
  ["a plugin that is none", { wasmFilter: { ...FILTER, plugin: [] } }, /plugin: expected fields of a WasmPlugin/],
] as const)("%s is refused in one line", (_, fields, message) => {
  expect(() => readProject(project(fields))).toThrow(message);
});

const SCHEMA = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
const configured = (schema: string, pluginConfig?: object) =>
  readProject(project({ wasmFilter: { ...FILTER, schema: "s.json", plugin: { pluginConfig } } }, { "s.json": schema }));

test("a configuration is what its schema says", () => {
  expect(() => checkConfiguration(configured(JSON.stringify(SCHEMA), { a: "x" }))).not.toThrow();
  expect(() => checkConfiguration(configured(JSON.stringify(SCHEMA), { a: 1 }))).toThrow(
    "package.json: wasmFilter.plugin.pluginConfig.a must be string, says s.json",
  );
  expect(() => checkConfiguration(configured(JSON.stringify(SCHEMA)))).toThrow(
    /pluginConfig must have required property 'a'/,
  );
});

test.each(["{", '{"type": "thing"}', "[]"])("%s is no schema", (schema) => {
  expect(() => checkConfiguration(configured(schema))).toThrow(/^schema s\.json: no JSON Schema: /);
});
