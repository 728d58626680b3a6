import { Failure } from "@wasm-header-filter/cli";
import { type Random, randomFrom } from "@wasm-header-filter/cli/random";
import { hasGo } from "./program.ts";
import { RunningProgram } from "./running-program.ts";
import { watch } from "./watch.ts";

/** A reader of this project beside the real one. */
export interface Fuzzed<Input, Verdict> {
  /** The real reader's name in `go/`. */
  readonly reader: string;
  /** What the lines of the output call it. */
  readonly name: string;
  /** Makes an input. */
  readonly make: (random: Random) => Input;
  /**
   * Compares what this project's reader makes of an input.
   *
   * @returns what differs; undefined if nothing does
   * @throws only for a defect of the reader
   */
  readonly compare: (input: Input, theirs: Verdict) => string | undefined | Promise<string | undefined>;
}

/** How many inputs the real reader is given at once. */
const BATCH = 200;
/** How many differences are enough. */
const ENOUGH = 20;

/** Why there is no fuzzing, or undefined. */
export const goMissing: string | undefined = hasGo() ? undefined : "Go is not installed: apt-get install golang";

/** How long each reader is fuzzed, in seconds. */
export const FUZZ_SECONDS: number = Number(process.env.FUZZ_SECONDS ?? 15);

/**
 * Gives random inputs to a reader and to the real one until time is up, and prints how many there were and the first one's seed.
 *
 * @param fuzzed the readers
 * @returns a line for each input on which they differ; `FUZZ_SEED` with its seed makes it again
 * @throws Failure if FUZZ_SECONDS or FUZZ_SEED is no number
 */
export async function fuzzReader<Input, Verdict>(fuzzed: Fuzzed<Input, Verdict>): Promise<string[]> {
  const first = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_000);
  if (!(FUZZ_SECONDS >= 0) || !Number.isSafeInteger(first))
    throw new Failure("FUZZ_SECONDS and FUZZ_SEED must be numbers");
  const [program, watched] = [new RunningProgram(), watch(fuzzed.name)];
  const found: string[] = [];
  let seed = first;
  try {
    // Building the program is no part of the time.
    await program.ask(fuzzed.reader, []);
    const until = Date.now() + FUZZ_SECONDS * 1_000;
    do {
      const inputs = Array.from({ length: BATCH }, (_, at) => fuzzed.make(randomFrom(seed + at)));
      const said = (await program.ask(fuzzed.reader, inputs)) as Verdict[];
      for (const [at, input] of inputs.entries()) {
        watched.at(seed + at);
        const what = await comparison(fuzzed, input, said[at] as Verdict);
        if (what !== undefined) found.push(`seed ${seed + at}: ${what}, the input is ${shown(input)}`);
      }
      seed += BATCH;
    } while (Date.now() < until && found.length < ENOUGH);
  } finally {
    await program.close();
    await watched.end();
  }
  console.log(`${fuzzed.name}: ${seed - first} inputs from seed ${first}, ${found.length} differences`);
  return found;
}

async function comparison<Input, Verdict>(fuzzed: Fuzzed<Input, Verdict>, input: Input, theirs: Verdict) {
  try {
    return await fuzzed.compare(input, theirs);
  } catch (error) {
    return `the reader threw ${error instanceof Error ? error.stack : error}`;
  }
}

const shown = (input: unknown): string => {
  const json = JSON.stringify(input);
  return json.length < 2_000 ? json : `${json.slice(0, 2_000)}...`;
};
