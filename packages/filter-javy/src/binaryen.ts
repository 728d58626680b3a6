import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Failure } from "@wasm-header-filter/cli";

const folder = dirname(createRequire(import.meta.url).resolve("binaryen/package.json"));

/** The features that the plugin's compilers may use; Envoy's V8 has all of them. */
const FEATURES = [
  "bulk-memory",
  "bulk-memory-opt",
  "call-indirect-overlong",
  "multivalue",
  "mutable-globals",
  "nontrapping-float-to-int",
  "reference-types",
  "sign-ext",
].map((feature) => `--enable-${feature}`);

/**
 * Runs one of Binaryen's tools in a temporary folder.
 *
 * @param tool `wasm-as`, `wasm-merge`, `wasm-metadce`
 * @param files its input files, by name
 * @param args its arguments without the features and `-o`
 * @returns the module that it writes
 * @throws Failure with the tool's message
 */
export async function binaryen(
  tool: string,
  files: Record<string, string | Uint8Array>,
  args: readonly string[],
): Promise<Uint8Array> {
  const cwd = await mkdtemp(join(tmpdir(), "filter-javy-"));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(cwd, name), content);
    const command = [join(folder, "bin", tool), ...FEATURES, ...args, "-o", "out.wasm"];
    await promisify(execFile)(process.execPath, command, { cwd, maxBuffer: 64 * 1024 * 1024 });
    return new Uint8Array(await readFile(join(cwd, "out.wasm")));
  } catch (error) {
    throw new Failure(`${tool} failed`, { cause: (error as { stderr?: string }).stderr || error });
  } finally {
    await rm(cwd, { recursive: true });
  }
}
