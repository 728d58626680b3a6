import { existsSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { Failure } from "@wasm-header-filter/cli";
import { afterAll, test } from "vitest";
import { type Case, title } from "../cases/case.ts";
import { loadCases } from "../cases/load.ts";
import { takesLong } from "../cases/long.ts";
import { differenceFailure } from "../run/difference-failure.ts";
import type { Subject } from "../run/suite.ts";
import { compareTraces } from "./compare-traces.ts";
import { type KnownDifference, loadDifferences } from "./differences.ts";
import { type TracedModule, traceCases } from "./trace-cases.ts";

/** What a socket gives at once in any case, in bytes. */
const PIECE = 16 << 10;

/** The longest a case may take in ms; it only ends tests that hang. */
const LIMIT = 600_000;

/**
 * Makes each case of the contract a vitest test that compares the host calls of all variants with those of the first, on filter-host.
 *
 * @param subjects the variants
 * @throws Failure if a file is invalid or a module does not exist
 */
export function defineTraceTests(subjects: readonly Subject[]): void {
  const all = loadCases(subjects[0]?.files);
  const names = all.map(title);
  const known = subjects.map(({ differences = [] }) => differences.flatMap((file) => loadDifferences(names, file)));
  const missing = subjects.find(({ module }) => !existsSync(module));
  if (missing) throw new Failure(`${missing.module}: no such file, expected a built module: run npm run build`);

  let started: Promise<TracedModule[]> | undefined;
  const start = () => Promise.all(subjects.map(({ module }) => traceCases(readFileSync(module), all)));
  afterAll(async () => {
    await Promise.all(((await started) ?? []).map((traced) => traced.close()));
  }, LIMIT);

  // How often a step is repeated is a matter of time, and so is in how many pieces a connection gives what is longer than one of them.
  const timed = ({ steps }: Case) =>
    steps.some(
      (step) =>
        (step.kind === "request" && step.eventually) ||
        (step.kind === "connection" && [...step.sends, ...step.answers].some(({ length }) => length > PIECE)),
    );
  const traced = all.filter((of) => of.on.includes("host") && !of.soak && !timed(of));
  for (const of of traced.filter((of) => !subjects[0]?.quick || !takesLong(of))) {
    test(title(of), { timeout: LIMIT }, async () => {
      started ??= start();
      const traces = await Promise.all((await started).map((traced) => traced.trace(of)));
      const [first = [], ...others] = traces;
      const differences = others.flatMap((trace, at) => {
        const variant = subjects[at + 1]?.variant ?? "";
        const entries = between(known[0] ?? [], known[at + 1] ?? []).filter(({ cases }) => cases.includes(title(of)));
        const difference = compareTraces(first, trace, entries);
        return difference ? [`${variant} beside ${subjects[0]?.variant}: ${difference}`] : [];
      });
      if (differences.length > 0) throw differenceFailure(differences.join("\n"));
    });
  }
}

/** The known differences between two variants: those that only one of them has. */
function between(first: readonly KnownDifference[], other: readonly KnownDifference[]): KnownDifference[] {
  const lacks = (list: readonly KnownDifference[]) => (entry: KnownDifference) =>
    !list.some((one) => isDeepStrictEqual(one, entry));
  return [...first.filter(lacks(other)), ...other.filter(lacks(first))];
}
