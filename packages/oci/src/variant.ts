import { existsSync, globSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { packageJson } from "./package.ts";
import { type Plugin, readPlugin } from "./plugin.ts";
import { isTag } from "./reference.ts";

/** A package that builds the filter: its package.json has a `wasmFilter`. */
export interface Variant {
  /** The package's folder, absolute. */
  readonly dir: string;
  /** The package's name. */
  readonly name: string;
  /** Its name, which is the suffix of its images' tags: `as`. */
  readonly variant: string;
  readonly version: string;
  /** The installed packages whose versions shape the module. */
  readonly toolchain: readonly string[];
  /** The packages whose code is in the module. */
  readonly contents: readonly string[];
  /** The Cargo.lock of the crates in the module, below the package's folder; left out where there are none. */
  readonly crates?: string;
  /** The paths of what its build writes, whether it has run or not. */
  readonly dist: { readonly module: string; readonly layout: string; readonly plugin: string };
  /** Whether the default build leaves it out because it takes too long. */
  readonly onDemand: boolean;
  /** The `plugin.json` of the last build; left out before the first. */
  readonly plugin?: Plugin;
}

/**
 * The repository's root: the nearest folder upward whose package.json has workspaces.
 *
 * @param from where to begin, by default the working directory
 * @throws Failure if there is none
 */
export function findRoot(from = process.cwd()): string {
  for (let dir = resolve(from); ; dir = dirname(dir)) {
    const path = join(dir, "package.json");
    if (existsSync(path) && packageJson(path).workspaces) return dir;
    if (dir === dirname(dir))
      throw new Failure(`${resolve(from)}: not in an npm workspace, run the command inside one`);
  }
}

/**
 * The variants of a repository: those of its workspaces that declare one.
 *
 * @param root the folder whose package.json names the workspaces
 * @param which "all" includes those that are built on demand
 * @returns sorted by variant; none is no error
 * @throws Failure if a declaration is malformed or two packages declare the same variant
 */
export function findVariants(root: string, which: "default" | "all" = "default"): Variant[] {
  const path = join(root, "package.json");
  const { workspaces = [] } = packageJson(path);
  if (!Array.isArray(workspaces)) throw new Failure(`${path}: workspaces must be a list of folders`);
  const patterns = workspaces.map((pattern) => join(String(pattern), "package.json"));
  const variants = globSync(patterns, { cwd: root })
    .sort()
    .map((path) => readVariant(dirname(join(resolve(root), path))))
    .filter((variant) => variant !== undefined)
    .filter(({ onDemand }) => which === "all" || !onDemand);
  const seen = new Map<string, Variant>();
  for (const variant of variants) {
    const other = seen.get(variant.variant);
    if (other) {
      throw new Failure(`${variant.dir}: declares the variant ${variant.variant}, which ${other.dir} declares already`);
    }
    seen.set(variant.variant, variant);
  }
  return variants.sort((a, b) => (a.variant < b.variant ? -1 : 1));
}

/**
 * Reads one package's declaration.
 *
 * @param dir the package's folder
 * @returns nothing if the package declares no variant
 * @throws Failure if the declaration is malformed or the version can't be part of a tag
 */
export function readVariant(dir: string): Variant | undefined {
  const path = join(dir, "package.json");
  const { name, version, wasmFilter } = packageJson(path);
  if (wasmFilter === undefined) return undefined;
  if (typeof wasmFilter !== "object" || wasmFilter === null) {
    throw new Failure(`${path}: wasmFilter must be an object like {"variant": "as", "toolchain": ["assemblyscript"]}`);
  }
  const { variant, toolchain, contents, crates, onDemand = false, ...unknown } = wasmFilter;
  const [field] = Object.keys(unknown);
  if (field)
    throw new Failure(
      `${path}: wasmFilter has no ${JSON.stringify(field)}, only variant, toolchain, contents, crates and onDemand`,
    );
  if (typeof variant !== "string" || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(variant)) {
    throw new Failure(`${path}: wasmFilter.variant must be like "as" or "jco-sm", got ${JSON.stringify(variant)}`);
  }
  if (crates !== undefined && typeof crates !== "string") {
    throw new Failure(`${path}: wasmFilter.crates must name a Cargo.lock`);
  }
  if (typeof onDemand !== "boolean") throw new Failure(`${path}: wasmFilter.onDemand must be true or false`);
  if (!name || !version) throw new Failure(`${path}: a variant needs a name and a version`);
  if (!isTag(imageTag(version, variant))) {
    throw new Failure(`${path}: version ${version} can't be part of an image tag ("+" is not allowed there)`);
  }
  const dist = {
    module: join(dir, "dist", "plugin.wasm"),
    layout: join(dir, "dist", "oci"),
    plugin: join(dir, "dist", "plugin.json"),
  };
  const plugin = existsSync(dist.plugin) ? readPlugin(dist.plugin) : undefined;
  return {
    dir,
    name,
    variant,
    version,
    toolchain: names(toolchain, `${path}: wasmFilter.toolchain`),
    contents: names(contents, `${path}: wasmFilter.contents`),
    ...(crates && { crates }),
    dist,
    onDemand,
    ...(plugin && { plugin }),
  };
}

/** The tag of a variant's image: `0.1.0-as`. */
export function imageTag(version: string, variant: string): string {
  return `${version}-${variant}`;
}

function names(value: unknown, where: string): string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) return value;
  throw new Failure(`${where} must be a list of package names`);
}
