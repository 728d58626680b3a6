// Runs test262 on the engines of filters in TypeScript: `npm run test262 -w packages/filter-js -- CHECKOUT`, the folder of a checkout of
// tc39/test262. Writes failures.yaml. Takes some minutes.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { reasonOf, WRONG } from "./reasons.ts";
import { fault, readTests, type Test } from "./tests.ts";

/** The command that builds a filter for each variant's engine. */
const COMMANDS = { javy: ["filter-javy"], jco: ["filter-jco", "--quick"] } as const;
const FOLDERS = ["Array", "BigInt", "Date", "JSON", "Promise", "RegExp", "String"];
/** A test that takes longer has hung. */
const LIMIT_MS = 100_000;

const execute = promisify(execFile);
const [checkout] = process.argv.slice(2);
if (!checkout) throw new Error("expected the folder of a checkout of tc39/test262");
const dir = mkdtempSync(join(tmpdir(), "test262-"));
try {
  /** Reasons of tests that fail, by the test's name and the engine. */
  const faults = new Map<string, Map<string, string>>();
  const counts = await Promise.all(
    Object.entries(COMMANDS).map(async ([engine, [command, ...options]]) => {
      const module = join(dir, engine, "plugin.wasm");
      mkdirSync(join(dir, engine));
      await execute(command, [join(import.meta.dirname, "filter.ts"), ...options, "-o", module]);
      let count = 0;
      for await (const [test, wrong] of runAll(module, readTests(checkout, FOLDERS))) {
        count++;
        if (wrong === undefined) continue;
        const reason = reasonOf(test, wrong);
        console.log(`${engine} ${test.name}: ${reason}: ${wrong}`);
        faults.set(test.name, (faults.get(test.name) ?? new Map()).set(engine, reason));
      }
      return count;
    }),
  );
  writeFileSync(join(import.meta.dirname, "failures.yaml"), report(Math.max(...counts), faults));
} finally {
  rmSync(dir, { recursive: true });
}

/** Runs tests one after the other, each in a VM of its own, and gives what was wrong with each, or undefined. */
async function* runAll(module: string, tests: Iterable<Test>): AsyncGenerator<[Test, string | undefined]> {
  let worker: Worker | undefined;
  for (const test of tests) {
    worker ??= new Worker(new URL("worker.ts", import.meta.url), { workerData: module });
    worker.postMessage(test.script);
    try {
      const [lines] = await once(worker, "message", { signal: AbortSignal.timeout(LIMIT_MS) });
      yield [test, fault(test, lines)];
    } catch {
      await worker.terminate();
      worker = undefined;
      yield [test, "it does not end"];
    }
  }
  await worker?.terminate();
}

function report(count: number, faults: ReadonlyMap<string, ReadonlyMap<string, string>>): string {
  const groups = new Map<string, string[]>();
  for (const [name, reasons] of [...faults].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const reason of new Set(reasons.values())) {
      const engines = Object.keys(COMMANDS).filter((engine) => reasons.get(engine) === reason);
      const key = `reason: ${JSON.stringify(reason)}\n    engines: [${engines.join(", ")}]`;
      groups.set(key, [...(groups.get(key) ?? []), name]);
    }
  }
  const wrongFirst = [...groups].sort(([a], [b]) => Number(b.includes(WRONG)) - Number(a.includes(WRONG)));
  return [
    "# Tests of test262 that the engines fail, by reason, wrong results first: written by `npm run test262`, see the README.",
    `folders: [${FOLDERS.join(", ")}]`,
    `tests: ${count}`,
    "failures:",
    ...wrongFirst.map(([key, names]) =>
      [`  - ${key}`, "    tests:", ...names.map((name) => `      - ${JSON.stringify(name)}`)].join("\n"),
    ),
    "",
  ].join("\n");
}
