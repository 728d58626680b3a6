import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { loadCases } from "../src/cases/load.ts";
import { temporaryFolder } from "../src/environment/temporary.ts";
import { compareTraces } from "../src/traces/compare-traces.ts";
import { traceCases } from "../src/traces/trace-cases.ts";

const packages = join(import.meta.dirname, "../..");
const temporary = temporaryFolder("starlingmonkey");
afterAll(() => temporary.remove());

/** A module takes minutes to build on a busy machine. */
const LIMIT = 1_800_000;

const run = (script: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [join(packages, script), ...args], { maxBuffer: 64 * 1024 * 1024 });

const casesOf = (example: string) => join(packages, "filter-js/examples", example, "cases.yaml");

/** Builds an example with StarlingMonkey. @returns the module's file */
async function built(example: string): Promise<string> {
  const output = join(temporary.path, example, "plugin.wasm");
  const filter = join(packages, "filter-js/examples", example, "filter.ts");
  await run("filter-jco/src/bin.ts", filter, "--engine", "starlingmonkey", "--quick", "-o", output);
  return output;
}

/** The traces of an example's cases that run on filter-host. */
async function tracesOf(example: string, module: string): Promise<Map<string, string[]>> {
  const cases = loadCases([casesOf(example)]);
  const traced = await traceCases(readFileSync(module), cases);
  try {
    const traces = new Map<string, string[]>();
    for (const of of cases.filter(({ on }) => on.includes("host"))) traces.set(of.name, await traced.trace(of));
    return traces;
  } finally {
    await traced.close();
  }
}

test.each(["whole-abi", "async"])("%s makes the same host calls as with javy", { timeout: LIMIT }, async (example) => {
  // One after the other: what compiles such a module keeps the process, and other modules' time limits would pass meanwhile.
  const expected = await tracesOf(example, join(packages, "filter-javy/dist/examples", `${example}.wasm`));
  const got = await tracesOf(example, await built(example));
  const differences = [...expected].flatMap(([name, trace]) => compareTraces(trace, got.get(name) ?? [], []) ?? []);
  expect(differences).toEqual([]);
  expect(expected.size).toBeGreaterThan(0);
});

// How long a tick is depends on the time that has passed, so that traces can't be compared.
test("timers have a clock that goes on", { timeout: LIMIT }, async () => {
  const module = await built("timers");
  const { stdout } = await run("conformance/src/bin.ts", module, "--cases", casesOf("timers"), "--on", "host");
  expect(stdout).toMatch(/\n[1-9]\d* passed, 0 failed, 0 skipped\n$/);
});
