import { createContext, Script } from "node:vm";
import type { Watchdog } from "proxy-wasm-host";
import { competition, type ThreadClock, threadClock } from "./thread-clock.ts";

/** A callback that took too long. */
class Overtime extends Error {
  override name = "Overtime";
}

const EXPIRED = "ERR_SCRIPT_EXECUTION_TIMEOUT";

/** How many times its share of the wall time a callback may take: the share changes, and is only estimated. */
const SLACK = 5;

/**
 * A watchdog that counts the CPU time of this thread, so that other programs on the machine do not make callbacks fail. Code that calls
 * the host or returns is found at once. Code that does neither can only be stopped by V8, which counts wall time: it is given several
 * times what it would take with its share of the processors. Where Node does not measure CPU time, wall time is limited instead.
 *
 * @param limit milliseconds
 * @param clock what is counted
 * @param load how many threads compete for each processor, at least 1
 * @returns throws Overtime when the limit has passed; `catch` and `finally` of code that V8 stopped do not run. Node starts a thread for
 *   each run, which takes 0.1 ms
 */
export function v8Watchdog(
  limit: number,
  clock: ThreadClock = threadClock(),
  load: () => number = competition,
): Watchdog {
  const held: { run?: () => unknown } = {};
  const context = createContext(held);
  const script = new Script("run()");
  const overtime = () =>
    new Overtime(clock.cpu ? `used more than ${limit} ms of CPU time` : `did not return within ${limit} ms`);
  let started: number | undefined;
  const check = () => {
    if (started !== undefined && clock.read() - started > limit) throw overtime();
  };
  const watch = <T>(run: () => T): T => {
    const outer = started;
    const timeout = clock.cpu ? Math.ceil(limit * SLACK * load()) : limit;
    held.run = run;
    started = clock.read();
    try {
      const returned: T = script.runInContext(context, { timeout });
      if (clock.cpu) check();
      return returned;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== EXPIRED) throw error;
      check();
      throw clock.cpu
        ? new Overtime(`did not return within ${timeout} ms, for its limit of ${limit} ms of CPU time`)
        : overtime();
    } finally {
      started = outer;
    }
  };
  return Object.assign(watch, { check });
}
