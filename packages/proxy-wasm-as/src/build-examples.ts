import { globSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { compile } from "./compile.ts";

const folder = join(import.meta.dirname, "..");
const output = join(folder, "dist/examples");

mkdirSync(output, { recursive: true });
for (const config of globSync("examples/*/asconfig.json", { cwd: folder }).sort()) {
  const name = basename(dirname(config));
  const module = await compile(join(folder, dirname(config)));
  writeFileSync(join(output, `${name}.wasm`), module);
  console.log(`${name.padEnd(16)}${module.length} bytes`);
}
