// A process that tries modules, for the fuzzer of modules: one that ends it must not end the fuzzer.
import "@wasm-header-filter/cli/exit";
import { writeSync } from "node:fs";
import { randomFrom } from "@wasm-header-filter/cli/random";
import { moduleInput } from "./module-input.ts";
import { tryModule } from "./try-module.ts";
import { usedMemory } from "./used-memory.ts";

/** What the process writes, a line of JSON each: the seed that it begins with, or what it found. */
export interface ModuleReport {
  readonly seed: number;
  readonly what?: string;
}

/** Bytes by which memory may grow while modules come and go: compiled code that V8 has not freed yet. */
const GROWTH = 128 * 1024 * 1024;
/** After how many modules memory is looked at. */
const LOOK = 500;

const [from, until] = process.argv.slice(2).map(Number) as [number, number];
// Written at once: what is buffered is lost when the process ends.
const report = (line: ModuleReport): void => void writeSync(1, `${JSON.stringify(line)}\n`);

let before: number | undefined;
for (let seed = from; Date.now() < until; seed++) {
  report({ seed });
  const random = randomFrom(seed);
  const what = await tryModule(moduleInput(random), random);
  if (what !== undefined) report({ seed, what });
  if ((seed - from) % LOOK !== LOOK - 1) continue;
  const now = usedMemory();
  before ??= now;
  if (now > before + GROWTH) report({ seed, what: `${now - before} bytes are kept after ${seed - from} modules` });
}
process.exit();
