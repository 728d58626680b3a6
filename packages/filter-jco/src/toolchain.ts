import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Failure } from "@wasm-header-filter/cli";

const require = createRequire(import.meta.url);
const execute = promisify(execFile);

/** The WebAssembly features that the engines use; Envoy's V8 has all of them. */
const FEATURES = [
  "--enable-bulk-memory",
  "--enable-bulk-memory-opt",
  "--enable-call-indirect-overlong",
  "--enable-extended-const",
  "--enable-multivalue",
  "--enable-mutable-globals",
  "--enable-nontrapping-float-to-int",
  "--enable-reference-types",
  "--enable-sign-ext",
  "--enable-simd",
];

/**
 * Runs Binaryen's commands in a temporary folder.
 *
 * @param work gets a function that returns a file's path in the folder; the folder is removed afterwards
 */
export async function inScratch<T>(work: (file: (name: string) => string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "filter-jco-"));
  try {
    return await work((name) => join(folder, name));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Runs one of Binaryen's commands on modules that use the features above.
 *
 * @param name wasm-merge, wasm-opt or wasm-as
 * @throws Failure with the first lines that the command printed
 */
export function binaryen(name: string, args: readonly string[]): Promise<void> {
  const bin = join(dirname(require.resolve("binaryen/package.json")), "bin", name);
  return node(name, [bin, ...FEATURES, ...args]);
}

/**
 * Runs a script in Node and waits for its end.
 *
 * @param name the name in errors
 * @param args script and arguments
 * @param cwd the folder it runs in
 * @param environment variables beside those of this process
 */
export async function node(
  name: string,
  args: readonly string[],
  cwd = process.cwd(),
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  try {
    await execute(process.execPath, args, { maxBuffer: 16 << 20, cwd, env: { ...process.env, ...environment } });
  } catch (error) {
    const { stderr, stdout, message } = error as Error & { stderr?: string; stdout?: string };
    const said = (stderr || stdout || message).trim().split("\n").slice(0, 12).join(" ");
    throw new Failure(`${name} failed: ${said}`);
  }
}
