import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { firstError, type Prepared, prepare } from "@wasm-header-filter/filter-js/build";
import { installs, isAsynchronous, needsDispatcher } from "@wasm-header-filter/filter-js/callbacks";
import { engineMap } from "@wasm-header-filter/source-maps";
import { build } from "esbuild";

const AS_UINT_N = fileURLToPath(new URL("../guest/as-uint-n.ts", import.meta.url));

const DISPATCHER = fileURLToPath(import.meta.resolve("@wasm-header-filter/filter-js/dispatcher"));
const ASYNC_DISPATCHER = fileURLToPath(import.meta.resolve("@wasm-header-filter/filter-js/async-dispatcher"));
const installed = (name: string) => fileURLToPath(import.meta.resolve(`@wasm-header-filter/filter-js/${name}`));

const ENGINE = { file: fileURLToPath(new URL("../guest/engine.ts", import.meta.url)), has: [] };

/** Passes the filter to the plugin. */
const PLAIN = "defineProxyWasmFilter(filter);";

const SET_HOST = 'import { setHost } from "filter-js:engine";';

/** The same for a filter with a console, which needs the host. */
const WITH_CONSOLE = `${SET_HOST}
defineProxyWasmFilter((host) => filter(setHost(host)));`;

/** Gets the host, and sets the function for all callbacks; see the plugin's `dispatch.rs`. */
function dispatched(from: string, hasConsole: boolean): string {
  const host = hasConsole ? "setHost(defineProxyWasmFilter(100))" : "defineProxyWasmFilter(100)";
  return `${hasConsole ? `${SET_HOST}\n` : ""}import { dispatcher } from ${JSON.stringify(from)};
const { dispatch, callbacks } = dispatcher(filter, ${host}, defineProxyWasmFilter);
defineProxyWasmFilter(101, dispatch, callbacks);`;
}

/** A filter and its imports as one script. */
export interface Bundle {
  readonly script: string;
  /** The script's source map, as JSON, for the engine's stacks: columns in bytes of UTF-8. */
  readonly map: string;
}

/**
 * Bundles a filter and its imports into one script, which passes its default export to the plugin. A script that names
 * `asUintN` begins with a replacement of `BigInt.asUintN`, which is wrong in the engine, and one that needs the dispatcher
 * contains it; others pay nothing for them. One that is asynchronous has promises of the guest API's own.
 *
 * @param filter the file of a filter's definition, TypeScript or JavaScript
 * @returns the script and its map; the same for the same sources, in any folder
 * @throws Failure with the place and text of the first error; see `prepare`
 */
export async function bundle(filter: string): Promise<Bundle> {
  const prepared = await prepare(filter, ENGINE);
  const plain = await bundleWith(filter, PLAIN, [], prepared);
  const { script } = plain;
  const hasConsole = prepared.names.includes("console");
  const inject = [...installs(script).map(installed), ...(script.includes("asUintN") ? [AS_UINT_N] : [])];
  if (isAsynchronous(script)) return bundleWith(filter, dispatched(ASYNC_DISPATCHER, hasConsole), inject, prepared);
  if (needsDispatcher(script)) return bundleWith(filter, dispatched(DISPATCHER, hasConsole), inject, prepared);
  if (hasConsole) return bundleWith(filter, WITH_CONSOLE, inject, prepared);
  return inject.length === 0 ? plain : bundleWith(filter, PLAIN, inject, prepared);
}

/** Bundles a filter, and before it other files that the script doesn't import. */
async function bundleWith(
  filter: string,
  definition: string,
  added: readonly string[],
  { plugins, inject }: Prepared,
): Promise<Bundle> {
  const stdin = {
    contents: `import filter from ${JSON.stringify(resolve(filter))};\n${definition}\n`,
    resolveDir: process.cwd(),
  };
  // Lowered to generators, whose promises are the guest API's: the engine's own can't say which stream a continuation belongs to.
  const isLowered = definition.includes(ASYNC_DISPATCHER);
  try {
    const { outputFiles } = await build({
      stdin,
      // The guest API's promises come first: the web's APIs use them.
      inject: [...added, ...inject],
      plugins,
      bundle: true,
      write: false,
      // The map's sources are relative to this file's folder.
      outfile: join(dirname(resolve(filter)), "filter.js"),
      sourcemap: "external",
      sourcesContent: false,
      format: "esm",
      // What this QuickJS knows: esbuild lowers the rest.
      target: "es2023",
      supported: isLowered ? { "async-await": false, "async-generator": false, "for-await": false } : {},
      // The engine takes the flag v, and matches as if it weren't there.
      logOverride: { "unsupported-regexp": "error" },
      minifySyntax: true,
      // Without it, esbuild writes each file's path into a comment. Identifiers stay, for stacks that can be read.
      minifyWhitespace: true,
      charset: "utf8",
      legalComments: "none",
      logLevel: "silent",
    });
    const [map, { text: script } = { text: "" }] = outputFiles;
    return { script, map: engineMap(map?.text ?? "", script, filter) };
  } catch (error) {
    throw firstError(error, filter);
  }
}
