import type { EnvoyListener } from "../envoy/bootstrap.ts";
import { startEnvoy } from "../envoy/start.ts";
import { CONFIGURATION } from "./per-request.ts";
import { usage, workerClock } from "./process.ts";
import { startTraffic } from "./traffic.ts";

/** What it takes until Envoy serves. */
export interface StartFigures {
  /** From its start to the first answer, in s. */
  readonly seconds: number;
  /** CPU of all threads until then, in s. */
  readonly cpu: number;
  /** Resident memory then, in bytes. */
  readonly rss: number;
}

/** CPU of Envoy's worker per request, in ns; one number for each round. */
export type Rounds = Readonly<Record<string, readonly number[]>>;

/** By kind of request: the headers it bears. */
const KINDS: Readonly<Record<string, Record<string, string>>> = {
  "without hello": {},
  "with hello": { hello: "something" },
};

const ROUNDS = 15;
const REQUESTS = 400;
/** Enough for V8 to have compiled what is hot. */
const WARM_UP = 3000;
const ADDED = 2;

/**
 * Starts an Envoy of its own and waits for its first answer. Linux only.
 *
 * @param envoy the program
 * @param module the module's file; left out: no filter
 */
export async function startFigures(envoy: string, module: string | undefined): Promise<StartFigures> {
  const traffic = await startTraffic();
  const begin = performance.now();
  const process = await startEnvoy({ envoy, upstream: traffic.upstream, listeners: [listener("only", module)] });
  try {
    await traffic.send(process.url("only"), 1, {}, module ? ADDED : 0);
    const seconds = (performance.now() - begin) / 1000;
    return { seconds, ...usage(process.pid ?? 0) };
  } finally {
    await process.close();
    await traffic.close();
  }
}

/**
 * Measures the CPU that requests take on Envoy's one worker, in turns: a round of each module, then of the next. Linux only.
 *
 * @param envoy the program
 * @param modules names and files; no file: no filter
 * @returns by kind of request and name
 */
export async function cpuRounds(
  envoy: string,
  modules: ReadonlyMap<string, string | undefined>,
): Promise<Record<string, Rounds>> {
  const traffic = await startTraffic();
  const listeners = [...modules].map(([name, module]) => listener(name, module));
  const process = await startEnvoy({ envoy, upstream: traffic.upstream, listeners });
  try {
    const clock = workerClock(process.pid ?? 0);
    const rounds = Object.fromEntries(
      Object.keys(KINDS).map((kind) => [
        kind,
        Object.fromEntries([...modules].map(([name]) => [name, [] as number[]])),
      ]),
    );
    const round = async (name: string, kind: string, count: number) => {
      const before = clock();
      await traffic.send(process.url(name), count, KINDS[kind] ?? {}, modules.get(name) ? ADDED : 0);
      return (clock() - before) / count;
    };
    const turns = [...modules.keys()].flatMap((name) => Object.keys(KINDS).map((kind) => [name, kind] as const));
    for (const [name, kind] of turns) await round(name, kind, WARM_UP);
    for (let at = 0; at < ROUNDS; at++) {
      for (const [name, kind] of turns) rounds[kind]?.[name]?.push(await round(name, kind, REQUESTS));
    }
    return rounds;
  } finally {
    await process.close();
    await traffic.close();
  }
}

function listener(name: string, module: string | undefined): EnvoyListener {
  const filters = module ? [{ name: `filter-${name}`, module, vmId: name, configuration: CONFIGURATION }] : [];
  return { name, filters };
}

/**
 * How many times the CPU of no filter a request takes: the median of the rounds' ratios.
 *
 * @param rounds of the module and of no filter, round by round
 */
export function ratio(rounds: readonly number[], plain: readonly number[]): number {
  const ratios = rounds.map((value, at) => value / (plain[at] ?? Number.NaN)).toSorted((one, other) => one - other);
  return ratios[Math.floor(ratios.length / 2)] ?? Number.NaN;
}
