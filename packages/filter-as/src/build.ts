import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compilePlugin } from "./plugin.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));
const { module, map } = await compilePlugin(folder);
writeFileSync(`${folder}build/plugin.wasm`, module);
writeFileSync(`${folder}build/plugin.wasm.map`, map);
