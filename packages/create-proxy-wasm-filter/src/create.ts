import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure, isFolder, outputError } from "@wasm-header-filter/cli";
import type { Example } from "./example.ts";
import type { Stock } from "./stock.ts";

/** The languages, and the engines that build each. */
export const LANGUAGES = { typescript: ["javy", "jco"], assemblyscript: ["as"] } as const;
export type Language = keyof typeof LANGUAGES;
export type Engine = (typeof LANGUAGES)[Language][number];

/** The language that an engine takes. */
export const languageOf = (engine: Engine | undefined): Language | undefined =>
  engine && (Object.keys(LANGUAGES) as Language[]).find((name) => LANGUAGES[name].includes(engine as never));

/** What is asked for. */
export interface Wanted {
  /** The folder, which must not be there or be empty; its name is the package's. */
  readonly folder: string;
  readonly language: Language;
  readonly engine: Engine;
  /** An SPDX expression. */
  readonly license: string;
  /** The name of the example that it starts from; left out, it is a filter that greets. */
  readonly example?: string | undefined;
}

const TEMPLATES = fileURLToPath(new URL("../templates/", import.meta.url));

/** The packages of a project, apart from those that every project has. */
const PACKAGES: Readonly<Record<Engine, readonly string[]>> = {
  as: ["assemblyscript", "proxy-wasm-as"],
  javy: ["@wasm-header-filter/filter-javy", "@wasm-header-filter/filter-js"],
  jco: ["@wasm-header-filter/filter-jco", "@wasm-header-filter/filter-js"],
};

/**
 * Writes a new project, all of it or nothing.
 *
 * @returns the project's files, in the order of their names
 * @throws Failure if the folder has files, can't be written, or its name is no package's
 */
export function create({ folder, language, engine, license, example }: Wanted, stock: Stock): string[] {
  const target = resolve(folder);
  const name = basename(target);
  checkName(name);
  if (existsSync(target) && !(isFolder(target) && readdirSync(target).length === 0))
    throw new Failure(`${folder}: is there already; choose another name, or delete it`);
  if (!LANGUAGES[language].includes(engine as never))
    throw new Failure(`--engine ${engine}: does not build ${language}, expected ${LANGUAGES[language].join(" or ")}`);
  if (example !== undefined) checkExample(example, language, stock);
  if (!isFolder(dirname(target))) throw new Failure(`${folder}: no folder ${dirname(target)} to put it into`);
  try {
    const unfinished = mkdtempSync(join(dirname(target), ".create-"));
    try {
      for (const template of ["project", language]) cpSync(join(TEMPLATES, template), unfinished, { recursive: true });
      fill(unfinished, { name, engine, license });
      // npm leaves these files out of what it publishes.
      for (const file of ["gitignore", "npmrc"]) renameSync(join(unfinished, file), join(unfinished, `.${file}`));
      if (example !== undefined) startFrom(join(stock.dir, example), unfinished);
      const text = manifest({ name, language, engine, license }, stock.versions, example && stock.examples[example]);
      writeFileSync(join(unfinished, "package.json"), text);
      rmSync(target, { recursive: true, force: true });
      renameSync(unfinished, target);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  } catch (error) {
    throw outputError(error, folder);
  }
  return readdirSync(target, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(target.length + 1))
    .sort();
}

/** @throws Failure if a name can't be a package's, an image's and a WasmPlugin's */
export function checkName(name: string): void {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && name.length >= 2 && name.length <= 63) return;
  throw new Failure(
    `${JSON.stringify(name)}: can't be the name of a package, an image and a WasmPlugin; expected 2 to 63 lower-case letters, digits and single -, a letter first`,
  );
}

function checkExample(example: string, language: Language, { examples }: Stock): void {
  if (language !== "typescript") throw new Failure(`--example ${example}: is in TypeScript, expected an engine for it`);
  const names = Object.keys(examples);
  if (!names.includes(example))
    throw new Failure(`--example ${example}: no such example, expected ${names.join(", ")}`);
}

/** Puts an example in the place of the filter that greets. */
function startFrom(example: string, project: string): void {
  for (const file of ["src", "configuration.schema.json"]) rmSync(join(project, file), { recursive: true });
  cpSync(example, join(project, "src"), { recursive: true });
  renameSync(join(project, "src/cases.yaml"), join(project, "cases.yaml"));
  const about = readFileSync(join(project, "src/README.md"), "utf8");
  rmSync(join(project, "src/README.md"));
  const readme = readFileSync(join(project, "README.md"), "utf8");
  // What the example's README says of its commands is of another folder.
  const [described = ""] = about.replace(/^# .*\n+/, "").split(/\n+In `packages\//);
  writeFileSync(
    join(project, "README.md"),
    readme
      .replace(
        /: `src\/filter\.ts`\. It greets each response\./,
        `: \`src/filter.ts\`.\n\n${described.trim().replaceAll("$", "$$$$")}`,
      )
      .replace(/ `configuration\.schema\.json` is .*/, ""),
  );
}

/** Puts values where the template's files have `{{NAME}}`. */
function fill(folder: string, values: Readonly<Record<string, string>>): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, "utf8");
    writeFileSync(
      path,
      text.replace(/\{\{(\w+)\}\}/g, (found, name) => values[name] ?? found),
    );
  }
}

function pluginOf(language: Language, example: Example | "" | undefined): object {
  if (example) return example.configuration === undefined ? {} : { pluginConfig: example.configuration };
  return language === "typescript" ? { pluginConfig: { greeting: "hello" } } : {};
}

function manifest(
  { name, language, engine, license }: Pick<Wanted, "language" | "engine" | "license"> & { readonly name: string },
  versions: Readonly<Record<string, string>>,
  example: Example | "" | undefined,
): string {
  const typescript = language === "typescript";
  const packages = [
    "@wasm-header-filter/filter-kit",
    ...PACKAGES[engine],
    ...(typescript ? ["typescript", "vitest"] : []),
  ];
  const version = (needed: string): string => {
    const known = versions[needed];
    if (known === undefined) throw new Error(`${needed}: no version`);
    return known;
  };
  return `${JSON.stringify(
    {
      name,
      version: "0.1.0",
      private: true,
      type: "module",
      description: "A Proxy-Wasm filter",
      license,
      scripts: {
        dev: "filter dev",
        build: "filter build",
        test: `${typescript ? "tsc && " : ""}filter test`,
        release: "filter release",
      },
      ...(example && { dependencies: example.dependencies }),
      devDependencies: Object.fromEntries(packages.sort().map((needed) => [needed, version(needed)])),
      wasmFilter: {
        source: typescript ? "src/filter.ts" : "assembly/index.ts",
        engines: [engine],
        cases: "cases.yaml",
        ...(typescript && !example && { schema: "configuration.schema.json" }),
        repository: `localhost:5000/${name}`,
        plugin: pluginOf(language, example),
      },
    },
    undefined,
    2,
  )}\n`;
}
