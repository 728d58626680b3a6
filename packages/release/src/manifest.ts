import { Failure } from "@wasm-header-filter/cli";
import type { Exports, Manifest } from "./workspace.ts";

/** What only the repository needs, or what is written anew. */
const LEFT_OUT = ["devDependencies", "scripts", "publishConfig", "files", "exports", "bin"];

/** The TypeScript modules that a package publishes: those of its exports, its commands, and what `files` names one by one. */
export function entries({ exports = {}, bin = {}, files = [] }: Manifest): string[] {
  return [...targets(exports), ...Object.values(bin), ...files].filter(isSource).map((path) => path.replace("./", ""));
}

/**
 * The package.json that npm gets, for compiled sources.
 *
 * @param source the one in the repository, whose exports and commands name TypeScript
 * @param root the repository's, which knows where it is
 * @param folder the package's folder below `packages/`
 * @returns with exports and commands of JavaScript, types beside them, and no word of the repository's own tools but the hook that npm
 *   calls before it publishes
 * @throws Failure if something is missing that npm's users look for
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
    // Changesets shows the command of a hook that failed, but not what it said.
    scripts: { prepublishOnly: `${hook} --log ../${folder}.log` },
    publishConfig: { access: publishConfig?.access ?? "public" },
  };
}

/** Whether a path names a module that is compiled; AssemblyScript and guests lie elsewhere and stay as they are. */
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
