import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { build, engineVersion } from "./build.ts";
import { type Engine, type Project, readProject } from "./project.ts";
import { runNpm } from "./tool.ts";

/**
 * Gives a filter in TypeScript a second engine: installs the engine's package in the version of the first, builds the filter with it, and
 * adds it to package.json.
 *
 * @throws Failure if the filter has that engine, or is in another language, or the package can't be installed, or the engine can't build
 *   the filter; then package.json has no such engine
 */
export async function addVariant({ dir, where, engines }: Project, engine: Engine): Promise<void> {
  const path = join(dir, "package.json");
  const [first] = engines;
  if (engines.includes(engine)) throw new Failure(`${where}.engines has ${engine} already`);
  if (engine === "as" || first === "as")
    throw new Failure(`${engine}: can't build this filter; as takes AssemblyScript, and the other engines TypeScript`);
  const name = `@wasm-header-filter/filter-${engine}`;
  await runNpm(["install", "--save-dev", "--save-exact", `${name}@${engineVersion(first, dir)}`], dir);
  await build(await readProject(dir), engine);
  const all = [...engines, engine];
  if (!where.startsWith(path)) return console.log(`${engine} builds this filter; add it to ${where}: engines`);
  const text = readFileSync(path, "utf8");
  const manifest = JSON.parse(text) as { wasmFilter: { engines: unknown } };
  manifest.wasmFilter.engines = all;
  const indent = /^\{\r?\n([ \t]+)/.exec(text)?.[1] ?? 2;
  writeFileSync(path, `${JSON.stringify(manifest, undefined, indent)}\n`);
  console.log(`${engine} added: wasmFilter.engines is ${all.join(", ")}; filter test runs both`);
}
