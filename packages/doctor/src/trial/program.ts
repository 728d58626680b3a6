import "@wasm-header-filter/cli/exit";
import { writeSync } from "node:fs";
import { inspect } from "proxy-wasm-host";
import { codeSize } from "./code-size.ts";
import { loadHost } from "./host.ts";
import { COMPILATION, type Inspected, type Report, START_FUNCTION, type Task } from "./report.ts";
import { runTrial } from "./run-trial.ts";

/** This file, which is the program of the process that tries modules. */
export const TRIAL_PROGRAM = new URL(import.meta.url);

/** The argument that makes this file run; without it, it only exports. */
export const TRIAL_ARGUMENT = "wasm-header-filter/trial";

/** Where reports are written. */
export const REPORTS = 4;

/** How long a step can take if nobody ends this process, in milliseconds. */
const ABANDONED = 45_000;

if (process.argv[2] === TRIAL_ARGUMENT) {
  process.on("disconnect", () => process.exit());
  process.on("message", (task) => void run(task as Task));
}

/** Writes at once: while the module runs, nothing else does. */
function report(line: Report): void {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(REPORTS, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EAGAIN") process.exit();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

async function run(task: Task): Promise<void> {
  const host = await loadHost(task.host);
  const limited = host.platform.watchdog?.(ABANDONED) ?? (<T>(step: () => T) => step());
  const inspected = limited(() => inspectModule(task));
  report({ is: "inspected", inspected });
  if (inspected.loads) {
    const limit = kept() + task.kept;
    const check = (last: () => void) => {
      const bytes = kept();
      if (bytes <= limit) return;
      last();
      giveUp(bytes);
    };
    const withoutMemory = inspected.findings.some(({ rule }) => rule === "memory-none");
    const { exports } = inspected;
    const end = await runTrial(task, {
      exports,
      host,
      callbackTimeout: ABANDONED,
      withoutMemory,
      report,
      check,
    });
    report({ is: "tried", end });
  }
  report({ is: "done" });
}

function inspectModule({ module, envoy }: Task): Inspected {
  report({ is: "step", name: COMPILATION });
  try {
    // Compiled on its own, so that it can be told from the start function. V8 keeps the code for the next compilation.
    void new WebAssembly.Module(module as Uint8Array<ArrayBuffer>);
  } catch {
    // The inspection says why.
  }
  report({ is: "step", name: START_FUNCTION });
  const { module: sound, findings, interface: wasm, abi } = inspect(module, envoy);
  return {
    findings,
    ...(abi && { abi }),
    imports: wasm?.imports.map(({ module: from, name }) => `${from}.${name}`) ?? [],
    exports: wasm?.exports.map(({ name }) => name) ?? [],
    code: wasm ? codeSize(module) : 0,
    loads: sound !== undefined,
  };
}

function kept(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Ends this process although the module is running. */
function giveUp(bytes: number): void {
  report({ is: "full", bytes });
  process.kill(process.pid, "SIGKILL");
}
