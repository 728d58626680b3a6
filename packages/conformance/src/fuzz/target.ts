import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { HostQuestion, HostStarted, HostState } from "./served-host.ts";

const SERVED_HOST = fileURLToPath(new URL(`served-host${extname(import.meta.filename)}`, import.meta.url));

/** filter-host in a process of its own. */
export interface Target {
  readonly url: URL;
  /** How the process ended, with what it wrote to stderr; undefined while it runs. */
  ended(): string | undefined;
  /** Asks what is in the process; undefined once it has ended. */
  state(): Promise<HostState | undefined>;
  close(): Promise<void>;
}

/**
 * Starts filter-host with the observing filter before an upstream.
 *
 * @param program what to start instead
 */
export async function startTarget(upstream: URL, program = SERVED_HOST): Promise<Target> {
  const child: ChildProcess = fork(program, [upstream.href], {
    execArgv: ["--expose-gc", "--max-old-space-size=512"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let [ended, stderr]: [string | undefined, string] = [undefined, ""];
  child.stderr?.on("data", (chunk) => {
    stderr = `${stderr}${chunk}`.slice(-2_000);
  });
  const end = once(child, "close").then(([code, signal]) => {
    ended = `filter-host ended: ${signal ?? `status ${code}`}: ${stderr.trim()}`;
  });
  const reply = async <T>(): Promise<T | undefined> => {
    const [message] = (await Promise.race([once(child, "message"), end])) ?? [];
    return message as T | undefined;
  };
  const started = await reply<HostStarted>();
  if (!started) throw new Error(ended);
  return {
    url: new URL(started.url),
    ended: () => ended,
    async state() {
      if (ended !== undefined) return undefined;
      const answer = reply<HostState>();
      child.send("state" satisfies HostQuestion, () => {});
      return answer;
    },
    async close() {
      child.kill("SIGKILL");
      await end;
    },
  };
}
