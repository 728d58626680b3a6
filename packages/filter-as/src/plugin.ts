import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CompiledFilter, compile } from "proxy-wasm-as/compile";

/**
 * Compiles the filter, with the variant and version of its package.json in it.
 *
 * @param folder the package's folder
 * @returns the module and its source map
 * @throws Error with the compiler's message
 */
export async function compilePlugin(folder: string): Promise<CompiledFilter> {
  const { version, wasmFilter } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const announcement = JSON.stringify(`header filter ${wasmFilter.variant} ${version}: adding `);
  writeIfNew(join(folder, "build"), "about.ts", `export const ANNOUNCEMENT = ${announcement};\n`);
  return compile(folder, "raw");
}

/** Does not write a file that has the right content already, because another process may be reading it. */
function writeIfNew(folder: string, name: string, text: string): void {
  const path = join(folder, name);
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, text);
}
