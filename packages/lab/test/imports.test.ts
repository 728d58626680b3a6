import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const SCOPE = "@wasm-header-filter/";

/** What each package may import of the others, as ARCHITECTURE.md has it. What variants may import is in {@link VARIANT}. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  cli: [],
  "proxy-wasm-host": [],
  readers: ["cli"],
  "source-maps": [],
  "filter-js": ["cli", "proxy-wasm-host", "source-maps"],
  "proxy-wasm-as": ["proxy-wasm-host", "source-maps"],
  oci: ["cli", "readers"],
  "filter-jco-sm": ["filter-jco"],
  manifests: ["cli", "filter-js", "oci", "readers"],
  "flight-recorder": ["cli", "proxy-wasm-host"],
  doctor: ["cli", "manifests", "oci", "proxy-wasm-host", "readers", "source-maps"],
  "filter-host": ["cli", "doctor", "flight-recorder", "manifests", "oci", "proxy-wasm-host", "source-maps"],
  conformance: ["cli", "doctor", "filter-host", "oci", "proxy-wasm-host"],
  "image-release": ["cli", "conformance", "oci"],
  release: ["cli", "conformance", "image-release", "oci"],
  "filter-kit": [
    "cli",
    "conformance",
    "filter-host",
    "filter-javy",
    "image-release",
    "manifests",
    "oci",
    "proxy-wasm-as",
    "proxy-wasm-host",
  ],
  "create-proxy-wasm-filter": ["cli", "filter-javy", "filter-jco", "filter-js", "filter-kit", "proxy-wasm-as"],
  lab: ["cli", "conformance", "filter-host", "manifests", "oci", "proxy-wasm-host"],
};
const VARIANT = ["cli", "filter-host", "filter-js", "oci", "proxy-wasm-as", "proxy-wasm-host", "source-maps"];

const packages = globSync("packages/*/package.json", { cwd: root }).map((path) => ({
  ...JSON.parse(readFileSync(join(root, path), "utf8")),
  folder: posix.dirname(path),
}));
const short = (name: string) => name.replace(SCOPE, "");
const source = packages.filter(({ folder }) => globSync(`${folder}/src/**/*.ts`, { cwd: root }).length > 0);

let modules: ICruiseResult["modules"];
beforeAll(async () => {
  const { output } = await cruise(
    source.map(({ folder }) => `${folder}/src`),
    { baseDir: root, parser: "swc", tsPreCompilationDeps: true, exclude: String.raw`\.test\.ts$|node_modules` },
  );
  modules = (output as ICruiseResult).modules;
});

/** The imports between a package's own files, type imports among them. */
function importsWithin(folder: string): (readonly [from: string, to: string])[] {
  const own = (path: string) => path.startsWith(`${folder}/src/`);
  const imports = modules
    .filter(({ source }) => own(source))
    .flatMap((one) => one.dependencies.map(({ resolved }) => [one.source, resolved] as const));
  return imports.filter(([, to]) => own(to));
}

/** A way from a node back to itself, or undefined if there is none. */
function cycle(edges: readonly (readonly [from: string, to: string])[]): string[] | undefined {
  const targets = Map.groupBy(edges, ([from]) => from);
  const done = new Set<string>();
  const visit = (node: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(node)) return [...way.slice(way.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const [, to] of targets.get(node) ?? []) {
      const found = visit(to, [...way, node]);
      if (found) return found;
    }
    done.add(node);
    return undefined;
  };
  for (const node of targets.keys()) {
    const found = visit(node, []);
    if (found) return found;
  }
  return undefined;
}

test("a cycle is found", () => {
  const edges = [["a", "b"], ["b", "c"], ["b", "d"], ["d", "b"]] as const; // biome-ignore format: one line
  expect(cycle(edges)).toEqual(["b", "d", "b"]);
  expect(cycle(edges.slice(0, 3))).toBeUndefined();
});

test.each(packages)(
  "$name imports only packages that it may",
  ({ name, wasmFilter, dependencies, devDependencies }) => {
    const declared = Object.keys({ ...dependencies, ...devDependencies }).map(short);
    const ours = declared.filter((other) => packages.some((pkg) => short(pkg.name) === other));
    const allowed = wasmFilter ? [...VARIANT, ...(ALLOWED[short(name)] ?? [])] : ALLOWED[short(name)];
    expect(allowed, `${name} is not in the list above`).toBeDefined();
    expect(ours.filter((other) => !allowed?.includes(other))).toEqual([]);
  },
);

test.each(source)("no import cycle among the files of $name", ({ folder }) => {
  expect(importsWithin(folder).length + globSync(`${folder}/src/*.ts`, { cwd: root }).length).toBeGreaterThan(0);
  expect(cycle(importsWithin(folder))).toBeUndefined();
});

/** The imports between the files and folders that lie side by side in one folder. */
function importsAmong(folder: string, imports: ReturnType<typeof importsWithin>) {
  const child = (path: string) => path.slice(folder.length + 1).split("/")[0] ?? "";
  return imports
    .filter((edge) => edge.every((path) => path.startsWith(`${folder}/`)))
    .map(([from, to]) => [child(from), child(to)] as const)
    .filter(([from, to]) => from !== to);
}

test.each(source)("what lies side by side in a folder of $name imports one way", ({ folder }) => {
  const imports = importsWithin(folder);
  const folders = new Set(imports.flat().map((path) => posix.dirname(path)));
  const cycles = [...folders].map((one) => [one, cycle(importsAmong(one, imports))] as const);
  expect(cycles.filter(([, found]) => found)).toEqual([]);
});

test("the engine imports nothing of Node", () => {
  const engine = modules.filter(({ source }) => /^packages\/proxy-wasm-host\/src\/(?!fixtures\/)/.test(source));
  expect(engine.length).toBeGreaterThan(50);
  const imported = engine.flatMap(({ source, dependencies }) =>
    dependencies
      .filter(({ dependencyTypes }) => dependencyTypes.includes("core"))
      .map(({ module }) => [source, module]),
  );
  expect(imported).toEqual([]);
});
