import { extname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "@wasm-header-filter/cli";
import { type BuildFailure, build } from "esbuild";

/**
 * Bundles a filter, the component's exports and all that they import into one script.
 *
 * @param filter the file whose default export is the filter's definition
 * @returns the script; the same for the same sources, in whatever folder
 * @throws Failure with the first error's place and text
 */
export async function bundle(filter: string): Promise<string> {
  try {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL(`guest/component${extname(import.meta.filename)}`, import.meta.url))],
      alias: { "filter:definition": resolve(filter) },
      bundle: true,
      write: false,
      format: "esm",
      target: "es2023",
      external: ["proxy-wasm:*"],
      // The engine keeps the source: less of it makes a smaller module. Identifiers stay, for stacks that can be read.
      minifySyntax: true,
      minifyWhitespace: true,
      charset: "utf8",
      legalComments: "none",
      logLevel: "silent",
    });
    return outputFiles[0]?.text ?? "";
  } catch (error) {
    const [first] = (error as BuildFailure).errors ?? [];
    if (!first) throw error;
    const at = first.location ? `${first.location.file}:${first.location.line}:${first.location.column + 1}: ` : "";
    throw new Failure(`${at}${first.text}`);
  }
}
