// Bundles filters in TypeScript as an engine's build does: `node ../../scripts/bundle-filters.ts DIR FILE...`, in the engine's package.
// What these bundles do not show, such as a changed comment, needs no new modules.
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder = "", ...filters] = process.argv.slice(2);
const { bundle }: { bundle(filter: string): Promise<{ script: string; map: string }> } = await import(
  pathToFileURL(resolve("src/bundle.ts")).href
);
mkdirSync(folder, { recursive: true });
for (const filter of filters) {
  const output = join(folder, `${basename(dirname(resolve(filter)))}.js`);
  const { script, map } = await bundle(filter);
  writeFileSync(output, script);
  writeFileSync(`${output}.map`, map);
}
