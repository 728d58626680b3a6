import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { componentExports } from "./callbacks.ts";
import { node } from "./toolchain.ts";

const require = createRequire(import.meta.url);
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/**
 * Builds a filter as a component.
 *
 * @param filter the module whose default export is the filter
 * @param script where the bundled script goes, for reading and for the component's build
 * @param component where the component goes
 */
export async function componentize(filter: string, script: string, component: string): Promise<Uint8Array> {
  const binding = `import { bind } from ${JSON.stringify(path("../guest/bind.ts"))};
import { sweep } from ${JSON.stringify(path("../guest/sweep.ts"))};
import filter from ${JSON.stringify(filter)};
export const { ${componentExports.join(", ")} } = bind(filter);
sweep();`;
  const bundled = await build({
    stdin: { contents: binding, resolveDir: path(".."), sourcefile: "binding.js" },
    absWorkingDir: path(".."),
    bundle: true,
    write: false,
    format: "esm",
    target: "es2023",
    external: ["proxy-wasm:*"],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
  });
  await writeFile(script, bundled.outputFiles[0]?.text ?? "");
  const jco = join(dirname(require.resolve("@bytecodealliance/jco")), "jco.js");
  const hook = ["--import", new URL("./backend-hook.ts", import.meta.url).href];
  const world = ["--wit", path("../wit"), "--world-name", "filter"];
  const backend = ["--backend", "quickjs", "--backend-qjs-disable-async"];
  // The script's path from the working folder becomes part of the component.
  const cwd = dirname(script);
  await node("jco componentize", [...hook, jco, "componentize", script, ...world, ...backend, "-o", component], cwd);
  return readFile(component);
}
