import { readdirSync, readFileSync } from "node:fs";

/** Ticks of /proc/PID/stat in a second (proc(5); USER_HZ, which is 100 on all that Envoy runs on). */
const TICKS = 100;

/**
 * What a process has used so far. Linux only.
 *
 * @returns CPU time of all its threads in s, resident memory in bytes
 */
export function usage(pid: number): { readonly cpu: number; readonly rss: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // Fields 14 and 15; the name before them may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const rss = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { cpu: (Number(fields[11]) + Number(fields[12])) / TICKS, rss: Number(rss) * 1024 };
}

/** The thread id of a process's first worker thread. Linux only. @param pid an Envoy */
export function workerOf(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  const worker = readdirSync(tasks).find((id) => readFileSync(`${tasks}/${id}/comm`, "utf8").startsWith("wrk:"));
  return Number(worker);
}

/**
 * The clock of a process's first worker thread. Linux only.
 *
 * @param pid an Envoy
 * @returns reads how long the thread has been on a CPU, in ns
 */
export function workerClock(pid: number): () => number {
  const file = `/proc/${pid}/task/${workerOf(pid)}/schedstat`;
  return () => Number(readFileSync(file, "utf8").split(" ")[0]);
}
