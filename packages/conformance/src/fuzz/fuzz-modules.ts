import { spawn } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { randomFrom } from "@wasm-header-filter/cli/random";
import { Patience } from "../environment/patience.ts";
import type { Find, Progress } from "./find.ts";
import { moduleInput } from "./module-input.ts";
import type { ModuleReport } from "./module-runner.ts";

const PROGRAM = fileURLToPath(new URL(`module-runner${extname(import.meta.filename)}`, import.meta.url));
/** How long one module may take, in ms of patience: each of its callbacks is stopped after a fraction of a second. */
const LIMIT = 60_000;

/**
 * Fuzzes the engine with modules until time is up.
 *
 * @param seed the first module's; the next ones count up from it
 * @param until when to stop, in ms since 1970
 * @param tell called now and then
 */
export async function fuzzModules(
  seed: number,
  until: number,
  tell: (progress: Progress) => void,
): Promise<Find<Uint8Array>[]> {
  const finds: Find<Uint8Array>[] = [];
  let at = seed;
  const found = (seed: number, what: string) => finds.push({ seed, what, inputs: [moduleInput(randomFrom(seed))] });
  while (Date.now() < until) {
    const child = spawn(
      process.execPath,
      ["--expose-gc", "--max-old-space-size=1024", PROGRAM, String(at), String(until)],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    let [hangs, stderr] = [false, ""];
    const patience = new Patience(LIMIT, () => {
      hangs = true;
      child.kill("SIGKILL");
    });
    child.stderr.on("data", (chunk) => {
      stderr = `${stderr}${chunk}`.slice(-2_000);
    });
    const ended = once(child, "close");
    for await (const line of createInterface(child.stdout)) {
      const { seed: current, what } = JSON.parse(line) as ModuleReport;
      patience.refresh();
      at = current;
      if (what !== undefined) found(current, what);
      if ((at - seed) % 500 === 0) tell({ inputs: at - seed, finds: finds.length });
    }
    const [status, signal] = await ended;
    patience.end();
    if (hangs) found(at, "the module does not end");
    else if (status !== 0) found(at, `the process ended: ${signal ?? `status ${status}`}: ${stderr.trim()}`);
    at++;
    tell({ inputs: at - seed, finds: finds.length });
  }
  return finds;
}
