import { dispatchedExports, needsDispatcher, needsRandom } from "@wasm-header-filter/filter-js/callbacks";
import { binaryen } from "./binaryen.ts";
import { bundle } from "./bundle.ts";
import { compile, defined } from "./engine.ts";
import { readPlugin } from "./plugin.ts";
import { scriptModule } from "./script-module.ts";

const PLUGIN = "filter-javy-plugin";
const SCRIPT = "filter-javy-script";

/** The exports of every module; others depend on the callbacks that the filter defines. */
const EXPORTS = [
  "memory",
  "malloc",
  "_initialize",
  "proxy_abi_version_0_2_1",
  "proxy_on_context_create",
  "proxy_on_configure",
  "proxy_on_delete",
];

/** A filter's module, and what leads from its script to its sources. */
interface BuiltFilter {
  readonly module: Uint8Array;
  /** The source map of the script, as JSON: what maps the positions in the module's stacks. */
  readonly map: string;
}

/**
 * Builds a filter for the guest API as one core module for any Proxy-Wasm host.
 *
 * @param filter the file whose default export is the filter's definition
 * @returns the module and its map, byte-for-byte the same for the same sources; the module exports only the callbacks that the filter defines
 * @throws Failure if the filter does not compile or cannot be defined
 */
export async function buildFilter(filter: string): Promise<BuiltFilter> {
  const plugin = readPlugin();
  const { script, map } = await bundle(filter);
  const bytecode = compile(plugin, script);
  const hasDispatcher = needsDispatcher(script);
  const { callbacks, dispatched } = defined(plugin, bytecode, hasDispatcher);
  const own = hasDispatcher ? dispatchedExports(dispatched, script) : undefined;
  const kept = new Set([...EXPORTS, ...callbacks, ...(own ?? []).map(({ name }) => name)]);
  const roots = Array.from(kept, (name) => ({ name, root: true, export: name }));
  const files = {
    "plugin.wasm": plugin,
    "script.wasm": await scriptModule(PLUGIN, bytecode, own, needsRandom(script)),
  };
  const modules = ["plugin.wasm", PLUGIN, "script.wasm", SCRIPT];
  // The exports of the first module win.
  const order = own ? ["--skip-export-conflicts", ...modules.slice(2), ...modules.slice(0, 2)] : modules;
  const merged = await binaryen("wasm-merge", files, order);
  const module = await binaryen("wasm-metadce", { "merged.wasm": merged, "roots.json": JSON.stringify(roots) }, [
    "--graph-file=roots.json",
    "merged.wasm",
  ]);
  return { module, map };
}
