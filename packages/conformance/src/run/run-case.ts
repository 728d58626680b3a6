import { send } from "../backends/client.ts";
import { sceneOf } from "../backends/scene.ts";
import type { Case, ReconfigureStep, RequestStep } from "../cases/case.ts";
import { distinct } from "../cases/defaults.ts";
import { difference } from "../cases/difference.ts";
import { identify } from "../cases/identity.ts";
import { type Saved, save, withSaved } from "../cases/saved.ts";
import { Patience } from "../environment/patience.ts";
import type { Chain } from "../proxies/proxy.ts";
import { type Bench, barrier } from "./bench.ts";
import { checkBaseline, compareCalls, compareRequest, compareResponse } from "./compare.ts";
import { connectionStep } from "./run-connection.ts";

/**
 * Carries out a case.
 *
 * @returns one line for each difference between what is expected and what is observed; empty if it passed
 */
export async function runCase(of: Case, bench: Bench): Promise<string[]> {
  const chain = await bench.proxy.open(of);
  try {
    await barrier(bench);
    const { log } = await chain.look();
    const differences = difference("log", identify(of.log, bench.identity, log), distinct(log));
    const saved: Saved = new Map();
    const running = of.filters.map(({ refused }) => !refused);
    for (const [at, step] of of.steps.entries()) {
      const found =
        step.kind === "request"
          ? await settled(step.eventually, () =>
              requestStep(withSaved(step, saved), of, chain, bench, !running.includes(false), saved),
            )
          : step.kind === "connection"
            ? await connectionStep(step, chain, bench, () => barrier(bench))
            : await reconfigureStep(step, chain, bench);
      if (step.kind === "reconfigure" && !step.refused) running[step.filter] = true;
      differences.push(...found.map((line) => (of.steps.length > 1 ? `step ${at + 1}: ${line}` : line)));
    }
    return differences;
  } finally {
    await chain.close();
  }
}

/** How long a step is repeated, in ms: many times what a busy machine needs. */
const PATIENCE = 15_000;

/** Carries out a step, if `again` repeatedly until there are no differences. */
async function settled(again: boolean, take: () => Promise<string[]>): Promise<string[]> {
  let late = !again;
  const patience = new Patience(PATIENCE, () => {
    late = true;
  });
  try {
    for (;;) {
      const differences = await take();
      if (late || differences.length === 0) return differences;
    }
  } finally {
    patience.end();
  }
}

async function reconfigureStep(step: ReconfigureStep, chain: Chain, bench: Bench): Promise<string[]> {
  await chain.reconfigure(step.filter, step.configuration);
  await barrier(bench);
  const { log } = await chain.look();
  return difference("log", identify(step.log, bench.identity, log), distinct(log));
}

async function requestStep(
  step: RequestStep,
  of: Case,
  chain: Chain,
  bench: Bench,
  running: boolean,
  saved: Saved,
): Promise<string[]> {
  const [baseScene, scene, unrouted] = [sceneOf(step), sceneOf(step), sceneOf(step)];
  const { upstream, clusters } = bench.backends;
  upstream.play(baseScene);
  const base = await send(bench.proxy.baseline(of.http2Upstream), baseScene);
  const before = await chain.counters();
  await chain.look();
  upstream.play(step.routedTo === undefined ? scene : unrouted);
  const calledOut = clusters.play(step.callOuts, step.request.abort && scene.upstreamHas, updating(step, chain));
  if (step.routedTo !== undefined) clusters.route(step.routedTo, scene);
  const answers = await Promise.all(Array.from({ length: step.times }, () => send(chain.url, scene)));
  await barrier(bench);
  const { log, calls, callbacks } = await chain.look();
  const after = await chain.counters();

  const requests = Array.from({ length: Math.max(step.times, scene.received.length) }, (_, at) => scene.received[at]);
  const perExchange = [
    ...answers.flatMap((answer) => compareResponse(step, base, answer, running)),
    ...requests.flatMap((got) => compareRequest(step, baseScene.received[0], got, running)),
  ];
  const grown = Object.keys(step.counters).map((name) => {
    // A counter exists, with value 0, once a configuration is accepted.
    const there = after.has(name) || !running || of.faults.proxy_define_metric;
    return [name, there ? (after.get(name) ?? 0) - (before.get(name) ?? 0) : "no such counter"];
  });
  const { calls: expectedCalls, callbacks: expectedCallbacks } = step.hostCalls;
  return [
    ...checkBaseline(step, base, baseScene.received.length > 0),
    ...baseScene.faults.map((fault) => `without filters: ${fault}`),
    ...new Set(perExchange),
    ...scene.faults,
    ...(unrouted.received.length > 0 ? [`routed: expected to ${step.routedTo}, got to the upstream`] : []),
    ...calledOut(),
    ...save(step.saves, [...(answers[0]?.headers ?? []), ...(scene.received[0]?.headers ?? [])], saved),
    ...difference("counters", step.counters, Object.fromEntries(grown)),
    ...difference("log", identify(step.log, bench.identity, log), log),
    ...(expectedCalls ? compareCalls("host calls", expectedCalls, calls) : []),
    ...(expectedCallbacks ? compareCalls("callbacks", expectedCallbacks, callbacks) : []),
    ...(step.prometheus.length > 0 ? comparePrometheus(step.prometheus, after, await chain.prometheus()) : []),
  ];
}

/** Delivers the configuration of `meanwhile`, once, when what it returns is called. */
function updating({ meanwhile }: RequestStep, chain: Chain): (() => Promise<void>) | undefined {
  let updated: Promise<void> | undefined;
  return meanwhile && (() => (updated ??= chain.reconfigure(0, meanwhile)));
}

function comparePrometheus(expected: readonly string[], counters: ReadonlyMap<string, number>, text: string): string[] {
  const lines = new Set(text.split("\n"));
  return expected
    .map((line) => line.replace(/\{(\w+)\}/g, (whole, name) => String(counters.get(name) ?? whole)))
    .filter((line) => !lines.has(line))
    .map((line) => `/stats/prometheus: expected the line ${JSON.stringify(line)}, got none like it`);
}
