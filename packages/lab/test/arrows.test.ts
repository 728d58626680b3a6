import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const SCOPE = "@wasm-header-filter/";

/** What each package may import of the others, as ARCHITECTURE.md draws it. A variant's own come on top: see below. */
const ARROWS: Record<string, string[]> = {
  cli: [],
  "proxy-wasm-as": [],
  "filter-js": [],
  oci: ["cli"],
  "filter-jco-sm": ["filter-jco"],
  manifests: ["cli", "filter-js", "oci"],
  "filter-host": ["cli", "manifests", "oci"],
  conformance: ["cli", "filter-host", "oci"],
  release: ["cli", "conformance", "oci"],
  lab: ["cli", "conformance", "filter-host", "manifests", "oci"],
};
const VARIANT = ["cli", "filter-host", "filter-js", "oci", "proxy-wasm-as"];

const packages = globSync("packages/*/package.json", { cwd: root }).map((path) =>
  JSON.parse(readFileSync(join(root, path), "utf8")),
);
const short = (name: string) => name.replace(SCOPE, "");

test.each(packages)("$name imports only what the map allows", ({ name, wasmFilter, dependencies, devDependencies }) => {
  const declared = Object.keys({ ...dependencies, ...devDependencies }).map(short);
  const ours = declared.filter((other) => packages.some((pkg) => short(pkg.name) === other));
  const allowed = wasmFilter ? [...VARIANT, ...(ARROWS[short(name)] ?? [])] : ARROWS[short(name)];
  expect(allowed, `${name} is not on the map`).toBeDefined();
  expect(ours.filter((other) => !allowed?.includes(other))).toEqual([]);
});
