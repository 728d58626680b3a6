import { existsSync, globSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Failure, oneLine, readInput } from "@wasm-header-filter/cli";
import type { WasmPluginSpec } from "@wasm-header-filter/manifests";
import { type Reference, repositoryOption } from "@wasm-header-filter/oci";

/** The engines that build filters; `as` takes AssemblyScript, the others TypeScript. */
export const ENGINES = ["as", "javy", "jco"] as const;
export type Engine = (typeof ENGINES)[number];

/** A filter of one's own: the package that it is in. */
export interface Project {
  /** The package's folder, absolute. */
  readonly dir: string;
  /** What describes it, for errors: a file, with the field in it. */
  readonly where: string;
  readonly name: string;
  readonly version: string;
  readonly description?: string | undefined;
  readonly license?: string | undefined;
  /** Paths from the folder. */
  readonly source: string;
  readonly cases?: string | undefined;
  readonly schema?: string | undefined;
  /** In the order of the package, the first is the one that is developed with. */
  readonly engines: readonly [Engine, ...Engine[]];
  /** Where its images are pushed. */
  readonly repository?: Reference | undefined;
  /** The packages whose code may be in the module: the package's dependencies, and the engine's SDK. */
  readonly dependencies: readonly string[];
  /** The root of the workspace that the package is in, or its own folder. */
  readonly root: string;
  /** Whether the package names vitest, which runs its unit tests. */
  readonly hasVitest: boolean;
  /** Fields of its WasmPlugin, the configuration among them. */
  readonly plugin: Partial<WasmPluginSpec>;
}

/** The file that may describe a filter instead of a field of package.json. */
export const CONFIG_FILE = "filter.config.ts";

const EXAMPLE = `{"source": "src/filter.ts", "engines": ["javy"]}`;
const FIELDS = ["source", "engines", "cases", "schema", "repository", "plugin"];

/**
 * Reads the filters that a command works on: the one of the package, or all of the workspace.
 *
 * @param from a folder in the package, or the root of a workspace
 * @throws Failure as {@link readProject}, or if no package of the workspace has a filter
 */
export async function readProjects(from = process.cwd()): Promise<readonly Project[]> {
  const dir = packageFolder(resolve(from));
  const path = join(dir, "package.json");
  const { workspaces, wasmFilter } = parse(path);
  if (hasFilter(dir, wasmFilter) || !Array.isArray(workspaces)) return [await readProject(dir)];
  const members = membersOf(dir, workspaces).filter((member) =>
    hasFilter(member, parse(join(member, "package.json")).wasmFilter),
  );
  if (members.length > 0) return Promise.all(members.map((member) => readProject(member)));
  throw new Failure(`${path}: no package of the workspace has the field wasmFilter, expected such as ${EXAMPLE}`);
}

/**
 * Reads the filter that a package describes, in the `wasmFilter` field of its package.json or in `filter.config.ts`.
 *
 * @param from a folder in the package, by default the working directory
 * @throws Failure with the field that is missing or wrong, what it is and what was expected
 */
export async function readProject(from = process.cwd()): Promise<Project> {
  const dir = packageFolder(resolve(from));
  const path = join(dir, "package.json");
  const { name, version, description, license, wasmFilter: field, dependencies, devDependencies } = parse(path);
  if (typeof name !== "string" || typeof version !== "string")
    throw new Failure(`${path}: a filter's package needs a name and a version`);
  const { described: wasmFilter, where } = await describedBy(dir, field);
  const [unknown] = Object.keys(wasmFilter).filter((field) => !FIELDS.includes(field));
  if (unknown) throw new Failure(`${where} has no ${JSON.stringify(unknown)}, only ${FIELDS.join(", ")}`);
  const { source, cases, schema, repository, plugin = {} } = wasmFilter;
  if (!isMapping(plugin)) throw new Failure(`${where}.plugin: expected fields of a WasmPlugin, such as pluginConfig`);
  return {
    dir,
    where,
    name,
    version,
    description: text(description),
    license: text(license),
    source: file(dir, source, `${where}.source`),
    cases: cases === undefined ? undefined : file(dir, cases, `${where}.cases`),
    schema: schema === undefined ? undefined : file(dir, schema, `${where}.schema`),
    engines: enginesOf(wasmFilter.engines, `${where}.engines`),
    repository: repository === undefined ? undefined : reference(repository, `${where}.repository`),
    dependencies: isMapping(dependencies) ? Object.keys(dependencies) : [],
    root: rootOf(dir),
    hasVitest: [dependencies, devDependencies].some((field) => isMapping(field) && "vitest" in field),
    plugin,
  };
}

/** The project's name without a scope: that of its image and its WasmPlugin, unless others are given. */
export const shortName = ({ name }: Pick<Project, "name">): string => name.split("/").at(-1) ?? name;

function packageFolder(from: string): string {
  for (let dir = from; ; dir = dirname(dir)) {
    if (existsSync(join(dir, "package.json"))) return dir;
    if (dir === dirname(dir)) throw new Failure(`${from}: no package.json here or above; npm create proxy-wasm-filter`);
  }
}

const hasFilter = (dir: string, field: unknown): boolean => field !== undefined || existsSync(join(dir, CONFIG_FILE));

/** @throws Failure if neither or both describe a filter, or the file can't be run or has no object as its default export */
async function describedBy(dir: string, field: unknown) {
  const file = join(dir, CONFIG_FILE);
  const where = `${join(dir, "package.json")}: wasmFilter`;
  if (!existsSync(file)) {
    if (isMapping(field)) return { described: field, where };
    throw new Failure(`${join(dir, "package.json")}: no field wasmFilter, expected such as ${EXAMPLE}`);
  }
  if (field !== undefined) throw new Failure(`${where}: ${CONFIG_FILE} describes the filter too, expected one of them`);
  const { mtimeMs } = statSync(file);
  // It may have changed since it was imported.
  const exported: unknown = await import(`${pathToFileURL(file)}?${mtimeMs}`).catch((error) => {
    throw new Failure(`${file}: could not be run: ${oneLine(error)}`);
  });
  const described = isMapping(exported) ? exported.default : undefined;
  if (isMapping(described)) return { described, where: file };
  throw new Failure(`${file}: expected an object as its default export, such as ${EXAMPLE}`);
}

/** The folders of a workspace's packages. */
function membersOf(root: string, workspaces: readonly unknown[]): string[] {
  const patterns = workspaces.map((pattern) => join(String(pattern), "package.json"));
  return globSync(patterns, { cwd: root, exclude: (path) => path.includes("node_modules") })
    .sort()
    .map((path) => dirname(join(root, path)));
}

function rootOf(dir: string): string {
  for (let at = dirname(dir); at !== dirname(at); at = dirname(at)) {
    const path = join(at, "package.json");
    const { workspaces } = existsSync(path) ? parse(path) : {};
    if (Array.isArray(workspaces) && membersOf(at, workspaces).includes(dir)) return at;
  }
  return dir;
}

function parse(path: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(readInput(path, "package").toString());
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`${path}: not JSON: ${oneLine(error)}`);
  }
  if (isMapping(value)) return value;
  throw new Failure(`${path}: expected a JSON object`);
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function file(dir: string, value: unknown, where: string): string {
  if (typeof value !== "string") throw new Failure(`${where}: expected a file's path, such as "src/filter.ts"`);
  if (existsSync(join(dir, value))) return value;
  throw new Failure(`${where}: ${value}: no such file in ${dir}`);
}

function enginesOf(value: unknown, where: string): readonly [Engine, ...Engine[]] {
  const given = Array.isArray(value) ? value : [value];
  const wrong = given.find((one) => !ENGINES.includes(one));
  if (given.length === 0 || wrong !== undefined || value === undefined)
    throw new Failure(`${where}: expected a list of ${ENGINES.join(", ")}, got ${JSON.stringify(value) ?? "nothing"}`);
  if (given.length > 1 && given.includes("as"))
    throw new Failure(`${where}: as takes AssemblyScript and the others TypeScript; expected either`);
  return given as [Engine, ...Engine[]];
}

function reference(value: unknown, where: string): Reference {
  try {
    return repositoryOption(String(value));
  } catch (error) {
    throw new Failure(`${where}: ${oneLine(error)}`);
  }
}
