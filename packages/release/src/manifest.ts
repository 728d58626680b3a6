import { Failure } from "@wasm-header-filter/cli";
import type { Exports, Manifest } from "./workspace.ts";

/** Fields that only the repository needs, or that are computed. */
const LEFT_OUT = ["devDependencies", "scripts", "publishConfig", "files", "exports", "bin"];

/** The TypeScript modules that a package publishes: its exports, its commands, and modules in `files`. */
export function entries({ exports = {}, bin = {}, files = [] }: Manifest): string[] {
  return [...targets(exports), ...Object.values(bin), ...files].filter(isSource).map((path) => path.replace("./", ""));
}

/**
 * The package.json that is published, for compiled sources.
 *
 * @param source the one in the repository, whose exports and commands are TypeScript
 * @param root the repository's package.json, with its URL
 * @param folder the package's folder below `packages/`
 * @returns with exports and commands in JavaScript, their types, and of the scripts only the hook that npm runs before it publishes
 * @throws Failure if a required field is missing
 */
export function published(source: Manifest, root: Manifest, folder: string): Manifest {
  const { exports, bin, files = [], publishConfig, scripts } = source;
  for (const field of ["description", "license", "exports", "files", "engines", "keywords"]) {
    if (source[field] === undefined) throw new Failure(`packages/${folder}/package.json: public, but has no ${field}`);
  }
  const hook = scripts?.prepublishOnly;
  if (!hook) throw new Failure(`packages/${folder}/package.json: public, but has no prepublishOnly`);
  const kept = Object.entries(source).filter(([field]) => !LEFT_OUT.includes(field));
  const data = files.filter((path) => !isSource(path));
  return {
    ...(Object.fromEntries(kept) as Manifest),
    homepage: `${root.homepage}/tree/main/packages/${folder}#readme`,
    bugs: `${root.homepage}/issues`,
    repository: { ...(root.repository as object), directory: `packages/${folder}` },
    ...(bin && { bin: mapValues(bin, (path) => compiled(path).replace("./", "")) }),
    exports: {
      ...mapValues(typeof exports === "object" ? exports : {}, mapExports),
      "./package.json": "./package.json",
    },
    files: [...(entries(source).length > 0 ? ["src/**/*.js", "src/**/*.d.ts"] : []), ...data],
    // Changesets shows the command of a hook that failed, but not its output.
    scripts: { prepublishOnly: `${hook} --log ../${folder}.log` },
    publishConfig: { access: publishConfig?.access ?? "public" },
  };
}

/** Whether a path names a module that is compiled. AssemblyScript and guests are in other folders and are published as they are. */
function isSource(path: string): boolean {
  return /^(\.\/)?src\/.*\.ts$/.test(path);
}

function compiled(path: string): string {
  return isSource(path) ? path.replace(/\.ts$/, ".js") : path;
}

function targets(exports: Exports): string[] {
  return typeof exports === "string" ? [exports] : Object.values(exports).flatMap(targets);
}

function mapExports(exports: Exports): Exports {
  if (typeof exports !== "string") return mapValues(exports, mapExports);
  if (!isSource(exports)) return exports;
  return { types: exports.replace(/\.ts$/, ".d.ts"), default: compiled(exports) };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
