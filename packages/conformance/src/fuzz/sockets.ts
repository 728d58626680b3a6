import { setTimeout as delay } from "node:timers/promises";
import { Patience } from "../environment/patience.ts";
import { converse } from "./converse.ts";
import type { Conversation } from "./input.ts";
import type { HostState } from "./served-host.ts";
import { startTarget, type Target } from "./target.ts";
import { type FuzzUpstream, PROBE, startFuzzUpstream } from "./upstream.ts";

const LIMIT = 30_000;
/** Bytes by which its memory may grow over what it is after the first batches: caches and pools that have a bound. */
const GROWTH = 64 * 1024 * 1024;
/** Log lines for one input: one for each request on its connections, and one for the connection. */
const LINES = 40;

/** filter-host before an upstream that answers as conversations say. */
export interface SocketFuzz {
  /**
   * Carries out conversations at the same time.
   *
   * @returns what is wrong afterwards, in one line; undefined if filter-host is as it was
   */
  carryOut(conversations: readonly Conversation[]): Promise<string | undefined>;
  close(): Promise<void>;
}

/** How to start; the defaults fit filter-host. */
interface SocketFuzzOptions {
  /** The program that is fuzzed. */
  readonly program?: string;
  /** How long it may take to answer a probe, to close sockets and to give memory back, in ms of patience. */
  readonly limit?: number;
}

/** Starts filter-host and its upstream. */
export async function startSocketFuzz({ program, limit = LIMIT }: SocketFuzzOptions = {}): Promise<SocketFuzz> {
  const upstream: FuzzUpstream = await startFuzzUpstream();
  const target: Target = await startTarget(upstream.url, program).catch(async (error) => {
    await upstream.close();
    throw error;
  });
  const { sockets = 0 } = (await target.state()) ?? {};
  /** The memory that it has once it has served a probe; before that, any. */
  let memory = Number.POSITIVE_INFINITY;

  const settled = async (lines: number): Promise<string | undefined> => {
    if (!(await within(limit, () => probe(target))))
      return target.ended() ?? "filter-host does not answer a plain request";
    const seen: HostState[] = [];
    const back = await within(limit, async () => {
      // Connections that filter-host keeps for later requests are no leak.
      upstream.hangUp();
      const last = await target.state();
      if (!last) return true;
      seen.push(last);
      return last.sockets <= sockets && last.memory <= memory + GROWTH;
    });
    const ended = target.ended();
    if (ended !== undefined) return ended;
    const [internal] = seen.flatMap((one) => one.internal);
    if (internal !== undefined) return internal;
    const logged = seen.reduce((sum, one) => sum + one.lines, 0);
    if (logged > lines) return `filter-host logged ${logged} lines, expected at most ${lines}`;
    const last = seen.at(-1);
    if (!back)
      return `filter-host keeps ${last?.sockets} sockets and ${last?.memory} bytes, before: ${sockets} and ${memory}`;
    if (last && memory === Number.POSITIVE_INFINITY) memory = last.memory;
    return undefined;
  };
  await settled(LINES);
  return {
    async carryOut(conversations) {
      upstream.play(conversations);
      await Promise.all(conversations.map((one) => converse(target.url, one)));
      return settled(conversations.length * LINES);
    },
    async close() {
      await target.close();
      await upstream.close();
    },
  };
}

/** Whether filter-host answers a plain request. */
async function probe({ url }: Target): Promise<boolean> {
  try {
    const response = await fetch(new URL(PROBE, url), { headers: { connection: "close" } });
    return (await response.text()) === "ok";
  } catch {
    return false;
  }
}

/** Asks until it holds, within a limit in ms of patience. */
async function within(limit: number, holds: () => Promise<boolean>): Promise<boolean> {
  let late = false;
  const patience = new Patience(limit, () => {
    late = true;
  });
  try {
    while (!late) {
      if (await holds()) return true;
      await delay(50);
    }
    return false;
  } finally {
    patience.end();
  }
}
