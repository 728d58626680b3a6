import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildFilter } from "./build-filter.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

// The component is the module's other form: for hosts of components, and for who wants to look into it.
copyFileSync(path("../build/filter.component.wasm"), path("../dist/filter.component.wasm"));
mkdirSync(path("../dist/examples"), { recursive: true });
for (const name of readdirSync(path("../../filter-js/examples"))) {
  const filter = path(`../../filter-js/examples/${name}/filter.ts`);
  const module = await buildFilter(filter, path(`../build/examples/${name}`), "quick");
  writeFileSync(path(`../dist/examples/${name}.wasm`), module);
}
