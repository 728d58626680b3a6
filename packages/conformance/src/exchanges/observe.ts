import { converse } from "./client.ts";
import type { Exchange, Observed } from "./exchange.ts";
import { http2Text } from "./http2-text.ts";
import type { RawProxy, StartRawProxy } from "./proxies.ts";
import { Inbox, type Scene } from "./scene.ts";
import { type RawUpstream, startUpstream } from "./upstream.ts";

/** How many exchanges run at the same time on one proxy. */
const AT_ONCE = 64;

interface Stage {
  readonly exchange: Exchange;
  readonly scene: Scene;
  readonly upstream: RawUpstream;
  late?: string | undefined;
}

/**
 * Carries out exchanges on one proxy, several at a time, each with a listener and an upstream of its own.
 *
 * @param start starts the proxy
 * @returns what was observed, in the order of the exchanges
 */
export async function observeAll(exchanges: readonly Exchange[], start: StartRawProxy): Promise<Observed[]> {
  const stages: Stage[] = await Promise.all(
    exchanges.map(async (exchange) => {
      const scene = { client: new Inbox(), upstream: new Inbox() };
      return { exchange, scene, upstream: await startUpstream(exchange, scene) };
    }),
  );
  let proxy: RawProxy | undefined;
  try {
    proxy = await start(stages.map(({ exchange, upstream }) => ({ exchange, upstream: upstream.url })));
    const { urls } = proxy;
    const left = stages.entries();
    const lane = async () => {
      for (const [at, stage] of left) stage.late = await converse(stage.exchange, urls[at] as URL, stage.scene);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    const logs = await proxy.finish();
    return stages.map(({ exchange, scene, upstream, late }, at) => ({
      client: steady(exchange.http2 ? http2Text(scene.client.bytes) : scene.client.text) + (late ? `\n(${late})` : ""),
      // A proxy may connect for a request that it does not send.
      upstream: upstream.received().filter(Boolean).map(steady),
      filter: joined((logs[at] ?? []).map(steady)),
    }));
  } finally {
    await proxy?.close();
    await Promise.all(stages.map(({ upstream }) => upstream.close()));
  }
}

/** Text without the values that differ from run to run. */
const steady = (text: string): string =>
  text.replace(/\b(date|x-request-id|x-envoy-upstream-service-time): [^\r\n|]*?(?=\r\n| \||$)/g, "$1: *");

/** Lines in which pieces of a body that come one after another are one: their number depends on how bytes arrive. */
function joined(lines: readonly string[]): string[] {
  const list: string[] = [];
  for (const line of lines) {
    const [what, size] = pieceOf(line);
    const [before, sum] = pieceOf(list.at(-1) ?? "");
    if (what && what === before) list[list.length - 1] = `${what} ${Number(sum) + Number(size)}`;
    else list.push(line);
  }
  return list;
}

const pieceOf = (line: string): string[] => /^(\w+ body 0) (\d+)$/.exec(line)?.slice(1) ?? [];
