// Puts the source maps of bundles beside the modules: `node ../../scripts/place-maps.ts BUNDLES MODULES`, in an engine's package.
// A module may come from turbo's cache, where its map would be that of other sources with the same bundle.
import { copyFileSync, globSync } from "node:fs";
import { basename, join } from "node:path";

const [bundles = "", modules = ""] = process.argv.slice(2);
for (const map of globSync(join(bundles, "*.js.map"))) {
  copyFileSync(map, join(modules, `${basename(map, ".js.map")}.wasm.map`));
}
