import { type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";

/** Where a tool's stdout goes. */
export type Show = "stdout" | "stderr";

/** What a tool said, and how it ended. */
export interface Said {
  readonly status: number | null;
  /** What killed it, such as `SIGKILL` where memory ran out; null if it ended by itself. */
  readonly signal: string | null;
  readonly output: string;
}

/**
 * The program of a command that a package has, as Node would find the package from a folder.
 *
 * @param from the folders to begin at, in this order
 * @throws Failure that says how to install the package
 */
export function commandOf(name: string, command: string, from: readonly string[]): string {
  const dir = from.map((folder) => installed(name, folder)).find((found) => found !== undefined);
  if (dir === undefined) throw new Failure(`${name}: not installed; npm install --save-dev ${name}`);
  const { bin } = JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) as { bin?: Record<string, string> };
  const program = bin?.[command];
  if (program === undefined) throw new Failure(`${name}: has no command ${command}; install a newer version`);
  return join(dir, program);
}

/**
 * Runs npm in a folder, and shows what it prints.
 *
 * @throws Failure if it fails
 */
export async function runNpm(args: readonly string[], cwd: string): Promise<void> {
  const child = spawn("npm", args, { cwd, stdio: "inherit", shell: process.platform === "win32" });
  const failed = once(child, "error").then(([error]) => (error as Error).message);
  const ended = once(child, "close").then(([status]) => (status === 0 ? undefined : `failed with status ${status}`));
  const fault = await Promise.race([failed, ended]);
  if (fault !== undefined) throw new Failure(`npm ${args.join(" ")}: ${fault}`);
}

/** The folder of an installed package, seen from another folder. */
export function installed(name: string, from: string): string | undefined {
  for (let dir = from; ; dir = dirname(dir)) {
    const found = join(dir, "node_modules", name);
    if (existsSync(join(found, "package.json"))) return found;
    if (dir === dirname(dir)) return undefined;
  }
}

/**
 * Runs a Node program in a folder.
 *
 * @param show where what it prints on stdout is shown as it comes, with what it prints on stderr; its output is empty then
 */
export async function run(program: string, args: readonly string[], cwd: string, show?: Show): Promise<Said> {
  const stdio: StdioOptions = show ? ["inherit", show === "stdout" ? 1 : 2, 2] : ["ignore", "pipe", "pipe"];
  const child = spawn(process.execPath, [program, ...args], { cwd, stdio });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const [status, signal] = (await once(child, "close")) as [number | null, string | null];
  return { status, signal, output };
}
