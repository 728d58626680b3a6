import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SOURCE = fileURLToPath(new URL("../go/", import.meta.url));

/** The limit of what a reader prints, in bytes. */
const OUTPUT = 256 << 20;

let built: Promise<string> | undefined;

/** Whether Go is installed. */
export const hasGo = (): boolean => spawnSync("go", ["version"]).status === 0;

/**
 * Asks the Go program, which is built once for each process; Go's own cache makes that quick.
 *
 * @param args the reader's name, or nothing for the versions
 * @param inputs what is passed on stdin
 * @returns what it prints
 */
export async function askProgram(args: readonly string[], inputs: readonly unknown[] = []): Promise<unknown> {
  const running = promisify(execFile)(await program(), args, { maxBuffer: OUTPUT });
  running.child.stdin?.end(JSON.stringify(inputs));
  return JSON.parse((await running).stdout);
}

/** The Go program's file. It is built once for each process. */
export function program(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const program = join(mkdtempSync(join(tmpdir(), "readers-")), "readers");
  await promisify(execFile)("go", ["build", "-mod=readonly", "-buildvcs=false", "-o", program, "."], { cwd: SOURCE });
  return program;
}
