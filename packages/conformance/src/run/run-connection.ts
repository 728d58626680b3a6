import { converse } from "../backends/tcp.ts";
import type { ConnectionStep } from "../cases/case.ts";
import { compareBytes, difference } from "../cases/difference.ts";
import { identify } from "../cases/identity.ts";
import type { Chain } from "../proxies/proxy.ts";
import type { Bench } from "./bench.ts";

/**
 * Carries out a step that is a TCP connection.
 *
 * @param settle waits until the proxy has finished with what came before
 * @returns one line for each difference
 */
export async function connectionStep(
  step: ConnectionStep,
  chain: Chain,
  { backends, identity }: Bench,
  settle: () => Promise<void>,
): Promise<string[]> {
  const before = await chain.counters();
  await chain.look();
  const came = backends.tcpUpstream.play(step.answers);
  const got = await Promise.all(Array.from({ length: step.times }, () => converse(chain.url, step.sends)));
  const upstreamGot = await came();
  await settle();
  const { log } = await chain.look();
  const after = await chain.counters();
  const grown = Object.keys(step.counters).map((name) => [name, (after.get(name) ?? 0) - (before.get(name) ?? 0)]);
  const expected = Buffer.concat(Array.from({ length: step.times }, () => step.upstreamGets));
  return [
    ...new Set(got.flatMap((bytes) => compareBytes("the client", step.gets, bytes))),
    ...compareBytes("the upstream", expected, upstreamGot),
    ...difference("counters", step.counters, Object.fromEntries(grown)),
    ...difference("log", identify(step.log, identity, log), log),
  ];
}
