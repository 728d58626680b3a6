import { binaryen } from "./binaryen.ts";
import { bundle } from "./bundle.ts";
import { compile, definedCallbacks } from "./engine.ts";
import { readPlugin } from "./plugin.ts";
import { scriptModule } from "./script-module.ts";

const PLUGIN = "filter-javy-plugin";

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

/**
 * Builds a filter for the guest API as one core module for any Proxy-Wasm host.
 *
 * @param filter the file whose default export is the filter's definition
 * @returns the module, byte-for-byte the same for the same sources; it exports only the callbacks that the filter defines
 * @throws Failure if the filter does not compile or cannot be defined
 */
export async function buildFilter(filter: string): Promise<Uint8Array> {
  const plugin = readPlugin();
  const bytecode = compile(plugin, await bundle(filter));
  const kept = new Set([...EXPORTS, ...definedCallbacks(plugin, bytecode)]);
  const roots = Array.from(kept, (name) => ({ name, root: true, export: name }));
  const files = { "plugin.wasm": plugin, "script.wasm": await scriptModule(PLUGIN, bytecode) };
  const merged = await binaryen("wasm-merge", files, ["plugin.wasm", PLUGIN, "script.wasm", "script"]);
  return binaryen("wasm-metadce", { "merged.wasm": merged, "roots.json": JSON.stringify(roots) }, [
    "--graph-file=roots.json",
    "merged.wasm",
  ]);
}
