import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { compile } from "proxy-wasm-as/compile";

// A program of its own, as the commands of the other engines are: SOURCE OUTPUT, in the project's folder. The compiler is the project's.
const [source = "", output = ""] = process.argv.slice(2);
const found = createRequire(join(process.cwd(), "package.json")).resolve("proxy-wasm-as/compile");
const compiler = (await import(pathToFileURL(found).href)) as { readonly compile: typeof compile };
try {
  const { module, map } = await compiler.compile(process.cwd(), "release", source);
  writeFileSync(output, module);
  writeFileSync(`${output}.map`, map);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
