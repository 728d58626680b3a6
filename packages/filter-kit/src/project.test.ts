import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkConfiguration } from "./configuration.ts";
import { type Project, readProject, readProjects, shortName } from "./project.ts";

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

test("a filter is read, from any folder of its package", async () => {
  const dir = project({
    license: "MIT",
    wasmFilter: { ...FILTER, engines: ["jco", "javy"], repository: "ghcr.io/me/one" },
  });
  const read = await readProject(join(dir, "src"));
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
] as const)("%s is refused in one line", async (_, fields, message) => {
  await expect(readProject(project(fields))).rejects.toThrow(message);
});

const SCHEMA = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
const configured = (schema: string, pluginConfig?: object) =>
  readProject(project({ wasmFilter: { ...FILTER, schema: "s.json", plugin: { pluginConfig } } }, { "s.json": schema }));

test("a configuration is what its schema says", async () => {
  const [right, wrong, none] = await Promise.all(
    [{ a: "x" }, { a: 1 }, undefined].map((config) => configured(JSON.stringify(SCHEMA), config)),
  );
  expect(() => checkConfiguration(right as Project)).not.toThrow();
  expect(() => checkConfiguration(wrong as Project)).toThrow(
    /package\.json: wasmFilter\.plugin\.pluginConfig\.a must be string, says s\.json$/,
  );
  expect(() => checkConfiguration(none as Project)).toThrow(/pluginConfig must have required property 'a'/);
});

test.each(["{", '{"type": "thing"}', "[]"])("%s is no schema", async (schema) => {
  const read = await configured(schema);
  expect(() => checkConfiguration(read)).toThrow(/^schema s\.json: no JSON Schema: /);
});

test("filter.config.ts may describe a filter, and changes", async () => {
  const config = (phase: string) =>
    `export default { source: "src/filter.ts", engines: "javy", plugin: { phase: "${phase}" } };`;
  const dir = project({}, { "filter.config.ts": config("AUTHN") });
  expect(await readProject(dir)).toMatchObject({ engines: ["javy"], plugin: { phase: "AUTHN" } });
  const file = join(dir, "filter.config.ts");
  writeFileSync(file, config("AUTHZ"));
  utimesSync(file, 1, 1);
  expect(await readProject(dir)).toMatchObject({ plugin: { phase: "AUTHZ" } });
});

test.each([
  ["export default 3;", /filter\.config\.ts: expected an object as its default export, such as \{"source"/],
  ["nothing();", /filter\.config\.ts: could not be run: .*nothing is not defined/],
  ["export default { source: 'a.ts' };", /filter\.config\.ts\.source: a\.ts: no such file/],
])("%s is refused in one line", async (text, message) => {
  await expect(readProject(project({}, { "filter.config.ts": text }))).rejects.toThrow(message);
});

test("a field and a file are one too many", async () => {
  const dir = project({ wasmFilter: FILTER }, { "filter.config.ts": "export default {};" });
  await expect(readProject(dir)).rejects.toThrow(/filter\.config\.ts describes the filter too, expected one of them/);
});

test("the filters of a workspace are read, wherever they are described", async () => {
  const dir = project({ workspaces: ["packages/*"] });
  for (const [name, manifest] of Object.entries({ one: { wasmFilter: FILTER }, two: {}, three: {} })) {
    mkdirSync(join(dir, "packages", name, "src"), { recursive: true });
    writeFileSync(join(dir, "packages", name, "src/filter.ts"), "");
    writeFileSync(join(dir, "packages", name, "package.json"), JSON.stringify({ name, version: "1.0.0", ...manifest }));
  }
  writeFileSync(join(dir, "packages/two/filter.config.ts"), `export default ${JSON.stringify(FILTER)};`);
  const read = await readProjects(dir);
  expect(read.map(({ name, root }) => [name, root])).toEqual([
    ["one", dir],
    ["two", dir],
  ]);
  await expect(readProjects(project({ workspaces: [] }))).rejects.toThrow(
    /no package of the workspace has the field wasmFilter/,
  );
});
