import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { create, type Engine, LANGUAGES, type Language, languageOf } from "./create.ts";
import { stock } from "./stock.ts";

const root = mkdtempSync(join(tmpdir(), "create-"));
afterAll(() => rmSync(root, { recursive: true }));

const wanted = (folder: string, language: Language = "typescript", engine: Engine = "javy") => ({
  folder: join(root, folder),
  language,
  engine,
  license: "MIT",
});

test.each(
  Object.entries(LANGUAGES).flatMap(([language, engines]) => engines.map((engine) => [language, engine] as const)),
)("a project in %s on %s has all that it names", (language, engine) => {
  const folder = `new-${engine}`;
  const files = create(wanted(folder, language as Language, engine), stock);
  const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const { source, cases, schema, engines } = manifest.wasmFilter;
  expect(files).toEqual(
    expect.arrayContaining([source, cases, ".gitignore", ".github/workflows/ci.yml", "README.md", "package.json"]),
  );
  if (language === "typescript") expect(files).toContain(schema);
  expect(engines).toEqual([engine]);
  expect(manifest).toMatchObject({ name: folder, license: "MIT", version: "0.1.0" });
  for (const version of Object.values(manifest.devDependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  for (const file of files) expect(readFileSync(join(root, folder, file), "utf8"), file).not.toMatch(/\{\{\w/);
  expect(languageOf(engine)).toBe(language);
});

test("an empty folder is taken, one with files is not, and keeps them", () => {
  mkdirSync(join(root, "empty"));
  expect(create(wanted("empty"), stock)).toContain("package.json");
  mkdirSync(join(root, "full"));
  writeFileSync(join(root, "full/mine"), "a");
  expect(() => create(wanted("full"), stock)).toThrow(/full: is there already; choose another name/);
  expect(readdirSync(join(root, "full"))).toEqual(["mine"]);
});

test.each(["a", "A", "a b", "-a", "a-", "a--b", "a.b", "1a", "é", "a".repeat(64)])("%s is no name", (name) => {
  expect(() => create(wanted(name), stock)).toThrow(/can't be the name of a package, an image and a WasmPlugin/);
  expect(existsSync(join(root, name))).toBe(false);
});

test("nothing is left of what could not be finished", () => {
  expect(() => create(wanted("unfinished"), { ...stock, versions: {} })).toThrow("no version");
  expect(readdirSync(root).filter((name) => /unfinished|^\.create/.test(name))).toEqual([]);
  expect(() => create(wanted("none/here"), stock)).toThrow(/no folder .*none to put it into/);
  expect(() => create(wanted("other", "typescript", "as"), stock)).toThrow(/--engine as: does not build typescript/);
});

test.each(Object.keys(stock.examples))("a project that starts from %s", (example) => {
  const folder = `from-${example}`;
  const files = create({ ...wanted(folder), example }, stock);
  expect(files).toEqual(expect.arrayContaining(["cases.yaml", "src/filter.ts"]));
  expect(files.filter((file) => /src\/README|schema\.json|\.test\.ts/.test(file))).toEqual([]);
  const { wasmFilter, dependencies } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  expect(wasmFilter.plugin.pluginConfig).toEqual(stock.examples[example]?.configuration);
  // A WasmPlugin takes nothing else.
  expect(["object", "undefined"]).toContain(typeof wasmFilter.plugin.pluginConfig);
  expect(wasmFilter.schema).toBeUndefined();
  const sources = files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(root, folder, file), "utf8"));
  const imported = sources.flatMap((text) => [...text.matchAll(/from "([^".][^"]*)"/g)].map(([, from]) => from));
  const known = ["@wasm-header-filter/filter-js/guest", ...Object.keys(dependencies)];
  expect(imported.filter((from) => !known.includes(from as string))).toEqual([]);
  const readme = readFileSync(join(root, folder, "README.md"), "utf8");
  expect(readme).not.toMatch(/greets|packages\//);
});

test("an example that there is not, or not in that language", () => {
  expect(() => create({ ...wanted("none"), example: "none" }, stock)).toThrow(
    /--example none: no such example, expected /,
  );
  const assembly = wanted("assembly", "assemblyscript", "as");
  expect(() => create({ ...assembly, example: "jwt" }, stock)).toThrow("--example jwt: is in TypeScript");
});

test.each(["../README.md", "../../../docs/guide.md"])("%s lists the examples", (document) => {
  const names = Object.keys(stock.examples).map((name) => `\`${name}\``);
  const list = `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  expect(readFileSync(new URL(document, import.meta.url), "utf8")).toContain(list);
});
