import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "proxy-wasm-as/compile";

const folder = fileURLToPath(new URL("..", import.meta.url));
const { version, wasmFilter } = JSON.parse(readFileSync(`${folder}package.json`, "utf8"));

mkdirSync(`${folder}build`, { recursive: true });
writeFileSync(
  `${folder}build/about.ts`,
  `export const ANNOUNCEMENT = ${JSON.stringify(`header filter ${wasmFilter.variant} ${version}: adding `)};\n`,
);
writeFileSync(`${folder}build/plugin.wasm`, await compile(folder, "raw"));
