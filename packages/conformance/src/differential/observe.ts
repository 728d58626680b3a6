import { send } from "../backends/client.ts";
import { type Received, type Reply, sceneOf } from "../backends/scene.ts";
import type { Case, Header, RequestStep } from "../cases/case.ts";
import { distinct } from "../cases/defaults.ts";
import type { Chain } from "../proxies/proxy.ts";
import { type Bench, barrier } from "../run/bench.ts";
import { steady } from "../run/headers.ts";
import { runCase } from "../run/run-case.ts";

/** What one proxy did in a case, in a form in which equal behaviour is equal. */
export type Observation = readonly (readonly [what: string, seen: unknown])[];

/** Names what a case expected and did not happen, where {@link observe} compares with that. */
export const UNMET = "differences from what is expected";

/**
 * Carries out a case and records what can be observed from outside: what the client got, what the upstream and the clusters got, how the
 * counters grew, and what the filters logged.
 *
 * @param of its expectations only matter for TCP connections and for steps that are repeated until they pass
 */
export async function observe(of: Case, bench: Bench): Promise<Observation> {
  const told = of.steps.some((step) => step.kind === "connection" || (step.kind === "request" && step.eventually));
  if (told) return [[UNMET, await runCase(of, bench)]];
  const chain = await bench.proxy.open(of);
  try {
    await barrier(bench);
    const seen: [string, unknown][] = [["log of the start", distinct((await chain.look()).log)]];
    for (const [at, step] of of.steps.entries()) {
      if (step.kind === "connection") continue;
      const found =
        step.kind === "request"
          ? await request(step, chain, bench)
          : await reconfigure(chain, bench, step.filter, step.configuration);
      seen.push(...found.map(([what, value]) => [`step ${at + 1}: ${what}`, value] as [string, unknown]));
    }
    return seen;
  } finally {
    await chain.close();
  }
}

async function request(step: RequestStep, chain: Chain, bench: Bench): Promise<Observation> {
  const scene = sceneOf(step);
  const before = await chain.counters();
  await chain.look();
  bench.backends.upstream.play(scene);
  const calledOut = bench.backends.clusters.play(step.callOuts);
  const answers: Reply[] = [];
  for (let n = 0; n < step.times; n++) answers.push(await send(chain.url, scene));
  await barrier(bench);
  const { log } = await chain.look();
  const after = await chain.counters();
  const grown = [...after].map(([name, value]) => [name, value - (before.get(name) ?? 0)] as const);
  return [
    ["client", answers.map(clientView)],
    ["upstream", scene.received.map(upstreamView)],
    ["clusters", calledOut()],
    ["counters", Object.fromEntries(grown.filter(([, by]) => by !== 0).sort())],
    ["log", log],
  ];
}

async function reconfigure(chain: Chain, bench: Bench, filter: number, bytes: Uint8Array): Promise<Observation> {
  await chain.reconfigure(filter, bytes);
  await barrier(bench);
  return [["log", distinct((await chain.look()).log)]];
}

function clientView({ status, headers, trailers, interim, body, end }: Reply): unknown {
  return { status, headers: lines(headers), trailers: lines(trailers), interim, body: text(body), end: ended(end) };
}

function upstreamView({ method, path, headers, trailers, body }: Received): unknown {
  return { method, path, headers: lines(headers), trailers: lines(trailers), body: text(body) };
}

/** The system error of a broken connection depends on timing. */
const ended = (end: string): string => end.replace(/: E[A-Z]+$/, "");

const lines = (headers: readonly Header[]): string[] => steady(headers).map(([name, value]) => `${name}: ${value}`);

/** Long bodies by their size. */
const text = (body: Uint8Array): string => (body.length > 2000 ? `${body.length} bytes` : Buffer.from(body).toString());
