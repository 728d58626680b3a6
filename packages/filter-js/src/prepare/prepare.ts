import { dirname, join, relative, resolve } from "node:path";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { Failure } from "@wasm-header-filter/cli";
import { type BuildFailure, build, type Plugin } from "esbuild";
import { propertyNode, wrongProperty } from "./callback-names.ts";
import { isNodeModule, refusal } from "./refusals.ts";
import { type Node, readSyntax } from "./syntax.ts";
import { webFile, webNames, webScript } from "./web-names.ts";

/** What an engine's build passes to esbuild for a filter. */
export interface Prepared {
  readonly plugins: Plugin[];
  /** What is evaluated before the filter. */
  readonly inject: string[];
  /** The web's APIs in it: see `web-names.ts`. */
  readonly names: readonly string[];
}

/** An engine, as filters are prepared for it. */
export interface EngineModule {
  /** The file whose exports reach the host: `log`, `hostCall`, `randomWord`. */
  readonly file: string;
  /** Global names that the engine itself gives, though other engines don't. */
  readonly has: readonly string[];
}

/**
 * Bundles a filter alone, to find what can't work in it before an engine's build does its work.
 *
 * @param filter the file of a filter's definition, TypeScript or JavaScript
 * @param engine the engine that it is built for
 * @returns options for the engine's build, with the web's APIs that the filter uses
 * @throws Failure with the place and text of the first error: of esbuild, of a name or module that no engine has, or of a property that is no
 *   callback or has an unknown value
 */
export async function prepare(filter: string, engine: EngineModule): Promise<Prepared> {
  const alone = await bundleAlone(filter, { plugins: [NODE_MODULES], inject: [] });
  const names = webNames(readSyntax(alone.script), engine.has);
  const inject = names.length > 0 ? [WEB] : [];
  const complete = names.length > 0 ? bundleAlone(filter, { plugins: [NODE_MODULES, web(names)], inject }) : alone;
  const { script, map } = await complete;
  const syntax = readSyntax(script);
  const fail = (node: Node | undefined, text: string): never => {
    throw new Failure(`${node ? placeOf(script, map, filter, node) : ""}${text}`);
  };
  const refused = refusal(syntax);
  if (refused) fail(refused.node, refused.text);
  const wrong = wrongProperty(script);
  if (wrong) fail(propertyNode(syntax, wrong.name), wrong.text);
  return { plugins: [NODE_MODULES, web(names, engine.file)], inject, names };
}

/** The module that gives a filter the web's APIs. */
const WEB = "filter-js:web";

/** An engine that only lets a bundle be read. */
const NO_ENGINE = "export const log = () => 0, hostCall = () => [2, 0, new Uint8Array(0)], randomWord = () => 0;";

/** Resolves the web's APIs and the engine's module. @param engine its file; none to only read the bundle */
function web(names: readonly string[], engine?: string): Plugin {
  return {
    name: "web",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^filter-js:/ }, ({ path }) => {
        if (path.startsWith(`${WEB}/`)) return { path: webFile(path.slice(WEB.length + 1)) };
        return path !== WEB && engine !== undefined ? { path: engine } : { path, namespace: "filter-js" };
      });
      onLoad({ filter: /./, namespace: "filter-js" }, ({ path }) => ({
        contents: path === WEB ? webScript(names) : NO_ENGINE,
        resolveDir: process.cwd(),
      }));
    },
  };
}

/** Leaves Node's modules out of bundles, so that only those that are used are found in them. */
const NODE_MODULES: Plugin = {
  name: "node-modules",
  setup({ onResolve, resolve: resolveAgain }) {
    onResolve({ filter: /./ }, async ({ path, pluginData, ...options }) => {
      if (pluginData === NODE_MODULES || !isNodeModule(path)) return undefined;
      // A package may have the name of one of Node's modules.
      const { importer, kind, resolveDir, namespace } = options;
      const other = await resolveAgain(path, { importer, kind, resolveDir, namespace, pluginData: NODE_MODULES });
      return other.errors.length === 0 ? other : { path, external: true, sideEffects: false };
    });
  },
};

async function bundleAlone(
  filter: string,
  prepared: Omit<Prepared, "names">,
): Promise<{ script: string; map: TraceMap }> {
  const stdin = {
    contents: `import * as exported from ${JSON.stringify(resolve(filter))};\ndefineProxyWasmFilter(exported.default);\n`,
    resolveDir: process.cwd(),
  };
  try {
    const { outputFiles } = await build({
      ...prepared,
      stdin,
      bundle: true,
      write: false,
      format: "esm",
      target: "es2023",
      minifySyntax: true,
      charset: "utf8",
      sourcemap: "external",
      // The map's sources are relative to this file's folder.
      outfile: join(dirname(resolve(filter)), "filter.js"),
      logLevel: "silent",
    });
    const [map, script] = outputFiles;
    return { script: script?.text ?? "", map: new TraceMap(map?.text ?? "") };
  } catch (error) {
    throw firstError(error, filter);
  }
}

/**
 * The first error of a build, with its place.
 *
 * @param error what esbuild has thrown
 * @param filter the file of the filter's definition
 * @returns a Failure, or the error itself if it is none of esbuild's
 */
export function firstError(error: unknown, filter: string): unknown {
  const [first] = (error as BuildFailure).errors ?? [];
  if (!first) return error;
  const [, file] = /^No matching export in "(.*)" for import "default"$/.exec(first.text) ?? [];
  if (file !== undefined && resolve(file) === resolve(filter))
    return new Failure(`${file}: no default export, expected such as export default defineFilter((host) => ({ … }))`);
  const at = first.location ? `${first.location.file}:${first.location.line}:${first.location.column + 1}: ` : "";
  return new Failure(`${at}${first.text}`);
}

/** `filter.ts:1:2: `: where a node of the script is in the sources. */
function placeOf(script: string, map: TraceMap, filter: string, node: Node): string {
  const before = script.slice(0, node.start).split("\n");
  const found = originalPositionFor(map, { line: before.length, column: before.at(-1)?.length ?? 0 });
  if (found.source === null) return "";
  const file = relative(process.cwd(), resolve(dirname(filter), found.source));
  return `${file}:${found.line}:${found.column + 1}: `;
}
