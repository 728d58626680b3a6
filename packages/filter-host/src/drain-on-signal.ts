import { once } from "node:events";
import type { Host } from "./host.ts";

/** How long requests in flight may take to end, in milliseconds. */
const DRAIN_TIME = 10_000;

/** A drain that takes longer, in milliseconds, is announced. */
const NOTICEABLE = 200;

/**
 * Waits until the process gets SIGINT or SIGTERM, then until a host has drained. A second signal ends the wait at once; those behind it
 * end the process.
 *
 * @param host it is not closed
 * @param time milliseconds that requests in flight have to end; 10,000 by default
 * @param say prints that the host waits for requests in flight; on stderr by default
 */
export async function drainOnSignal(
  host: Pick<Host, "drain">,
  time = DRAIN_TIME,
  say: (text: string) => void = console.error,
): Promise<void> {
  const listening = new AbortController();
  const { signal } = listening;
  const signalled = () => Promise.race(["SIGINT", "SIGTERM"].map((name) => once(process, name, { signal })));
  await signalled();
  const waits = `no new connections; requests in flight have ${time / 1000} s to end, a second signal ends them at once`;
  const notice = setTimeout(say, NOTICEABLE, waits);
  await Promise.race([host.drain(time), signalled()]);
  clearTimeout(notice);
  listening.abort();
}
