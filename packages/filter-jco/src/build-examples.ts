import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildFilter } from "./build-filter.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

mkdirSync(path("../dist/examples"), { recursive: true });
for (const name of readdirSync(path("../../filter-js/examples"))) {
  const filter = path(`../../filter-js/examples/${name}/filter.ts`);
  const module = await buildFilter(filter, path(`../build/examples/${name}`), { optimize: "quick" });
  writeFileSync(path(`../dist/examples/${name}.wasm`), module);
}
