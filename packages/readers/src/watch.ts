import { Worker } from "node:worker_threads";

/** How long one input may take, in seconds. */
const SECONDS = 120;
/** How much memory the process may use, in MiB. */
const MEMORY = 4096;

// A thread of its own, since a reader that never ends lets no timer of its thread run.
const PROGRAM = `
const { workerData: { seed, name } } = require("node:worker_threads");
const fs = require("node:fs");
let [last, same] = [-1, 0];
setInterval(() => {
  same = seed[0] === last ? same + 1 : 0;
  last = seed[0];
  const used = process.memoryUsage.rss() >> 20;
  if (same < ${SECONDS} && used < ${MEMORY}) return;
  const what = same < ${SECONDS} ? "uses " + used + " MiB" : "does not end";
  fs.writeSync(2, name + ": the reader " + what + " at the seed " + last + "\\n");
  process.kill(process.pid, "SIGKILL");
}, 1000);
`;

/**
 * Ends this process, with a line that names the seed, if one input takes two minutes or the process uses 4 GiB.
 *
 * @param name the reader
 * @returns call `at` with the seed before each input, and `end` at the end
 */
export function watch(name: string): { readonly at: (seed: number) => void; readonly end: () => Promise<number> } {
  const seed = new Float64Array(new SharedArrayBuffer(8));
  const worker = new Worker(PROGRAM, { eval: true, workerData: { seed, name } });
  return {
    at: (now) => {
      seed[0] = now;
    },
    end: () => worker.terminate(),
  };
}
