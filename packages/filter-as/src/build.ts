import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compilePlugin } from "./plugin.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));
writeFileSync(`${folder}build/plugin.wasm`, await compilePlugin(folder));
