import { readFileSync } from "node:fs";

/** The unit of times in `/proc`, in milliseconds: 100 in a second on every Linux that Node runs on. */
const TICK = 10;

/** The fields before the user time in `/proc/PID/stat`, counted after the process's name. */
const BEFORE = 11;

/**
 * How much processor time a process has used.
 *
 * @returns milliseconds; undefined where there is no `/proc`, or the process has ended
 */
export function processorTime(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [user = "", system = ""] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(BEFORE);
    return (Number(user) + Number(system)) * TICK;
  } catch {
    return undefined;
  }
}
