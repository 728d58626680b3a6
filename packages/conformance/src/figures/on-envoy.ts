import { usage, workerClock } from "./process.ts";
import { KINDS, type WarmEnvoy, warmEnvoy } from "./warm-envoy.ts";

/** What it takes until Envoy serves. */
export interface StartFigures {
  /** From its start to the first answer, in s. */
  readonly seconds: number;
  /** CPU of all threads until then, in s. */
  readonly cpu: number;
  /** Resident memory then, in bytes. */
  readonly rss: number;
}

/** A figure of each module, by name, for each kind of request. */
export type ByKind<T> = Readonly<Record<string, Readonly<Record<string, T>>>>;

export const ROUNDS = 15;
export const ROUND = 400;

/**
 * Starts an Envoy of its own and waits for its first answer. Linux only.
 *
 * @param envoy the program
 * @param module the module's file; left out: no filter
 */
export async function startFigures(envoy: string, module: string | undefined): Promise<StartFigures> {
  const begin = performance.now();
  const process = await warmEnvoy(envoy, new Map([["only", module]]), 0);
  try {
    await process.send("only", "without hello", 1);
    const seconds = (performance.now() - begin) / 1000;
    return { seconds, ...usage(process.pid) };
  } finally {
    await process.close();
  }
}

/**
 * Measures the CPU that requests take on Envoy's one worker, in turns: a round of each module, then of the next.
 *
 * @returns in ns per request, one number for each round
 */
export async function cpuRounds(envoy: WarmEnvoy): Promise<ByKind<readonly number[]>> {
  const clock = workerClock(envoy.pid);
  const rounds = Object.fromEntries(
    Object.keys(KINDS).map((kind) => [kind, Object.fromEntries(envoy.names.map((name) => [name, [] as number[]]))]),
  );
  for (let at = 0; at < ROUNDS; at++) {
    for (const name of envoy.names) {
      for (const kind of Object.keys(KINDS)) {
        const before = clock();
        await envoy.send(name, kind, ROUND);
        rounds[kind]?.[name]?.push((clock() - before) / ROUND);
      }
    }
  }
  return rounds;
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
