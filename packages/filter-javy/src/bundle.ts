import { resolve } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { type BuildFailure, build } from "esbuild";

/**
 * Bundles a filter and its imports into one script, which passes its default export to the plugin.
 *
 * @param filter the file of a filter's definition, TypeScript or JavaScript
 * @returns the script; the same for the same sources, in any folder
 * @throws Failure with the place and text of the first error
 */
export async function bundle(filter: string): Promise<string> {
  const stdin = {
    contents: `import filter from ${JSON.stringify(resolve(filter))};\ndefineProxyWasmFilter(filter);\n`,
    resolveDir: process.cwd(),
  };
  try {
    const { outputFiles } = await build({
      stdin,
      bundle: true,
      write: false,
      format: "esm",
      // What this QuickJS knows: esbuild lowers the rest.
      target: "es2023",
      minifySyntax: true,
      // Without it, esbuild writes each file's path into a comment. Identifiers stay, for stacks that can be read.
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
