import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { create, type Engine, LANGUAGES, type Language, languageOf } from "./create.ts";

const root = mkdtempSync(join(tmpdir(), "create-"));
afterAll(() => rmSync(root, { recursive: true }));

const { devDependencies } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
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
  const files = create(wanted(folder, language as Language, engine), devDependencies);
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
  expect(create(wanted("empty"), devDependencies)).toContain("package.json");
  mkdirSync(join(root, "full"));
  writeFileSync(join(root, "full/mine"), "a");
  expect(() => create(wanted("full"), devDependencies)).toThrow(/full: is there already; choose another name/);
  expect(readdirSync(join(root, "full"))).toEqual(["mine"]);
});

test.each(["A", "a b", "-a", "a-", "a--b", "a.b", "1a", "é", "a".repeat(64)])("%s is no name", (name) => {
  expect(() => create(wanted(name), devDependencies)).toThrow(
    /can't be the name of a package, an image and a WasmPlugin/,
  );
  expect(existsSync(join(root, name))).toBe(false);
});

test("nothing is left of what could not be finished", () => {
  expect(() => create(wanted("unfinished"), {})).toThrow("no version");
  expect(readdirSync(root).filter((name) => /unfinished|^\.create/.test(name))).toEqual([]);
  expect(() => create(wanted("none/here"), devDependencies)).toThrow(/no folder .*none to put it into/);
  expect(() => create(wanted("other", "typescript", "as"), devDependencies)).toThrow(
    /--engine as: does not build typescript/,
  );
});
