import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildFilter } from "./build-filter.ts";

const from = fileURLToPath(new URL("../../filter-js/examples/", import.meta.url));
const to = fileURLToPath(new URL("../dist/examples/", import.meta.url));

mkdirSync(to, { recursive: true });
for (const name of readdirSync(from)) {
  writeFileSync(`${to}${name}.wasm`, await buildFilter(`${from}${name}/filter.ts`));
}
