import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { firstError, type Prepared, prepare } from "@wasm-header-filter/filter-js/build";
import { installs, isAsynchronous, needsDispatcher } from "@wasm-header-filter/filter-js/callbacks";
import { engineMap } from "@wasm-header-filter/source-maps";
import { type BuildOptions, build } from "esbuild";
import type { Engine } from "./engine.ts";

const resolved = (name: string) => fileURLToPath(import.meta.resolve(`@wasm-header-filter/filter-js/${name}`));

/** What a filter that is asynchronous is bundled with: see `bundle`. */
const ASYNCHRONOUS = {
  alias: { "@wasm-header-filter/filter-js/dispatcher": resolved("async-dispatcher") },
  supported: { "async-await": false, "async-generator": false, "for-await": false },
} satisfies BuildOptions;

/** The component has a console of its own (`guest/console.ts`). */
const ENGINE = {
  file: fileURLToPath(new URL(`guest/engine${extname(import.meta.filename)}`, import.meta.url)),
  has: ["console"],
};

/** A filter and its imports as one script. */
export interface Bundle {
  readonly script: string;
  /** The script's source map, as JSON, for the engine's stacks. */
  readonly map: string;
}

/**
 * Bundles a filter, the component's exports and all that they import into one script. Only a filter that needs the dispatcher has it. One that
 * is asynchronous has promises of the guest API's own, and its functions are lowered to generators: the engine's own can't say which stream a
 * continuation belongs to.
 *
 * @param filter the file whose default export is the filter's definition
 * @param engine the engine whose stacks the map is for
 * @returns the script and its map; the same for the same sources, in whatever folder
 * @throws Failure with the first error's place and text; see `prepare`
 */
export async function bundle(filter: string, engine: Engine = "quickjs"): Promise<Bundle> {
  const prepared = await prepare(filter, ENGINE);
  const plain = await bundleWith(filter, resolve(filter), prepared);
  const { script, map } = await completeWith(filter, plain.script, prepared);
  return { script, map: engineMap(map, script, filter, engine === "quickjs" ? "bytes" : "units") };
}

/** Bundles the filter with the component's exports and what else its own script needs. */
function completeWith(filter: string, script: string, prepared: Prepared): Promise<Bundle> {
  const inject = installs(script).map(resolved);
  if (isAsynchronous(script)) return bundleWith(filter, exportsOf("dispatched"), prepared, { ...ASYNCHRONOUS, inject });
  return bundleWith(filter, exportsOf(needsDispatcher(script) ? "dispatched" : "component"), prepared, { inject });
}

/** The file with the exports of one of the worlds. */
function exportsOf(world: "component" | "dispatched"): string {
  return fileURLToPath(new URL(`guest/${world}${extname(import.meta.filename)}`, import.meta.url));
}

/** Bundles a file that imports a filter. @returns the script and esbuild's map */
async function bundleWith(
  filter: string,
  file: string,
  { plugins, inject: web }: Prepared,
  { alias, inject = [], ...options }: BuildOptions = {},
): Promise<Bundle> {
  try {
    const { outputFiles } = await build({
      entryPoints: [file],
      alias: { ...alias, "filter:definition": resolve(filter) },
      ...options,
      // The guest API's promises come first: the web's APIs use them.
      inject: [...inject, ...web],
      plugins,
      bundle: true,
      write: false,
      // The map's sources are relative to this file's folder.
      outfile: join(dirname(resolve(filter)), "filter.js"),
      sourcemap: "external",
      sourcesContent: false,
      format: "esm",
      target: "es2023",
      external: ["proxy-wasm:*"],
      // The engine keeps the source: less of it makes a smaller module. Identifiers stay, for stacks that can be read.
      minifySyntax: true,
      minifyWhitespace: true,
      charset: "utf8",
      legalComments: "none",
      logLevel: "silent",
    });
    const [map, { text: script } = { text: "" }] = outputFiles;
    return { script, map: map?.text ?? "" };
  } catch (error) {
    throw firstError(error, filter);
  }
}
