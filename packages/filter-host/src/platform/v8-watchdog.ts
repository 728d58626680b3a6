import { createContext, Script } from "node:vm";
import type { Watchdog } from "proxy-wasm-host";

/** A callback that did not return in time. */
class Overtime extends Error {
  override name = "Overtime";
}

const EXPIRED = "ERR_SCRIPT_EXECUTION_TIMEOUT";

/**
 * A watchdog that uses V8's way to stop running code, including WebAssembly. Node starts a thread for each run, which takes 0.1 ms.
 *
 * @param limit milliseconds of wall time
 * @returns throws Overtime when the limit has passed; `catch` and `finally` of the stopped code do not run
 */
export function v8Watchdog(limit: number): Watchdog {
  const held: { run?: () => unknown } = {};
  const context = createContext(held);
  const script = new Script("run()");
  return <T>(run: () => T): T => {
    held.run = run;
    try {
      return script.runInContext(context, { timeout: limit });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== EXPIRED) throw error;
      throw new Overtime(`did not return within ${limit} ms`);
    }
  };
}
