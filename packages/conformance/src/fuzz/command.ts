import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, oneLine, UsageError } from "@wasm-header-filter/cli";
import { writeKept } from "./finds.ts";
import { FUZZERS } from "./fuzzers.ts";

interface Options {
  readonly seconds: number;
  readonly seed?: number;
  readonly out: string;
}

/** How often progress is shown, in ms. */
const SHOW = 5_000;

/**
 * The `conformance-fuzz` command: exit status 1 if there is a find. Each find is written to a file, to be kept in `fuzz/finds`.
 *
 * @param name the fuzzer
 * @throws UsageError for an unknown fuzzer
 * @throws Failure if the folder can't be written to
 */
export async function fuzz(name: string, { seconds, seed = Date.now() % 1_000_000, out }: Options): Promise<void> {
  const fuzzer = FUZZERS[name];
  if (!fuzzer) throw new UsageError(`${name}: no such fuzzer, expected one of ${Object.keys(FUZZERS).join(", ")}`);
  try {
    mkdirSync(out, { recursive: true });
  } catch (error) {
    throw new Failure(`--out ${out}: not writable: ${oneLine(error)}`);
  }
  let [shown, inputs] = [Date.now(), 0];
  const finds = await fuzzer(seed, Date.now() + seconds * 1_000, (progress) => {
    inputs = progress.inputs;
    if (Date.now() < shown + SHOW) return;
    shown = Date.now();
    console.error(`${name}: ${inputs} inputs, ${progress.finds} finds`);
  });
  for (const find of finds) {
    const file = join(out, `${name}-${find.seed}.json`);
    writeFileSync(file, writeKept(name, find));
    console.log(`${file}: ${oneLine(new Error(find.what))}`);
  }
  console.log(`${name}: ${inputs} inputs from seed ${seed}, ${finds.length} finds`);
  if (finds.length > 0) process.exitCode = 1;
}
