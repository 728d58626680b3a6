import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

/** The shell ends the child when its standard input ends: also when this process is killed and could not end the child. */
const TETHER = `
exec 3<&0
"$@" 3<&- </dev/null & child=$!
(cat <&3 >/dev/null; kill $child; sleep 5; kill -9 $child) >/dev/null 2>&1 & tether=$!
wait $child; status=$?
kill $tether 2>/dev/null
exit $status`;

/** A process that ends when this one does. */
export interface Tethered {
  /** Its exit status, once it has ended. */
  readonly ended: Promise<number>;
  readonly exitCode: number | undefined;
  /** Its process id, on Linux while it runs. */
  readonly pid: number | undefined;
  /** Ends it, by force after five seconds. */
  close(): Promise<void>;
}

/**
 * Starts a process that ends with this one, even if this one is killed.
 *
 * @param command what to run; it is found on PATH
 * @param output the open file that takes its stdout and stderr
 */
export function tethered(
  command: string,
  args: readonly string[],
  output: number,
  env: NodeJS.ProcessEnv = process.env,
): Tethered {
  const shell: ChildProcess = spawn("sh", ["-c", TETHER, "sh", command, ...args], {
    stdio: ["pipe", output, output],
    env,
    // A group of its own: Ctrl-C at the terminal reaches it through the tether alone.
    detached: true,
  });
  shell.stdin?.on("error", () => {});
  const ended = once(shell, "close").then(([code]) => {
    shell.stdin?.destroy();
    return Number(code ?? 1);
  });
  return {
    ended,
    get exitCode() {
      return shell.exitCode ?? undefined;
    },
    get pid() {
      return childOf(shell.pid);
    },
    async close() {
      shell.stdin?.end();
      await ended;
    },
  };
}

/** The first child of a process: the shell starts the command before the tether. */
function childOf(pid: number | undefined): number | undefined {
  try {
    return Number.parseInt(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8"), 10) || undefined;
  } catch {
    return undefined;
  }
}
