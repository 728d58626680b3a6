import { globSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type CompiledFilter, compile } from "./compile.ts";

const folder = join(import.meta.dirname, "..");
const output = join(folder, "dist/examples");

const modules = new Map<string, CompiledFilter>();
for (const config of globSync("examples/*/asconfig.json", { cwd: folder }).sort()) {
  const example = dirname(config);
  modules.set(basename(example), await compile(join(folder, example)));
}

mkdirSync(output, { recursive: true });
for (const [name, { module, map }] of modules) {
  writeFileSync(join(output, `${name}.wasm`), module);
  writeFileSync(join(output, `${name}.wasm.map`), map);
  console.log(`${name.padEnd(16)}${module.length} bytes`);
}
