import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** What an ended command left. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `oci` as a process of its own while this one goes on serving. */
export async function start(
  args: readonly string[],
  { cwd, env, stdin = "" }: { cwd?: string; env?: Record<string, string>; stdin?: string } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { PATH: process.env.PATH, ...env } });
  child.stdin.on("error", () => {}).end(stdin);
  const output = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  const [stdout, stderr] = await output;
  return { status: child.exitCode, stdout, stderr };
}
