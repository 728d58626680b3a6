import { existsSync, readFileSync } from "node:fs";
import { Failure } from "@wasm-header-filter/cli";
import { afterAll, test } from "vitest";
import { PROXIES, title } from "../cases/case.ts";
import { loadCases } from "../cases/load.ts";
import { takesLong } from "../cases/long.ts";
import { differenceFailure } from "./difference-failure.ts";
import { isRed, type Result } from "./outcome.ts";
import { casesOn, createSession } from "./session.ts";

/** A module and its cases. */
export interface Subject {
  /** What it is called in reports. */
  readonly variant: string;
  /** By default, the version that it announces. */
  readonly version?: string;
  /** The module's file. */
  readonly module: string;
  /** Case files. */
  readonly files: readonly string[];
  /** Whether the cases that take long are left out: long soaks and long configurations. */
  readonly quick?: boolean;
  /** Files with what is known of how its host calls differ from other variants'. */
  readonly differences?: readonly string[];
}

declare module "vitest" {
  export interface ProvidedContext {
    subjects: readonly Subject[];
  }
  interface TaskMeta {
    conformance?: Result;
    /** Why it is skipped. */
    skipped?: string;
  }
}

/** The longest a case may take in ms; it only ends tests that hang. */
const LIMIT = 600_000;

/**
 * Makes each case of a subject a vitest test on each of its proxies, named `topic / case / proxy`. The outcome is in the test's
 * `meta.conformance`.
 *
 * @throws Failure if a case file is invalid or the module does not exist
 */
export function defineTests({ variant, version, module, files, quick }: Subject): void {
  const cases = loadCases(files).filter((of) => !quick || !takesLong(of));
  if (!existsSync(module)) throw new Failure(`${module}: no such file, expected a built module: run npm run build`);
  const session = createSession({ module: readFileSync(module), variant, version, cases });
  afterAll(() => session.close(), LIMIT);
  for (const proxy of PROXIES) {
    for (const of of casesOn(proxy, cases)) {
      test(`${title(of)} / ${proxy}`, { timeout: LIMIT }, async ({ task, skip }) => {
        const result = await session.run(of, proxy);
        task.meta.conformance = result;
        if (result.outcome === "skip") skip(result.reason);
        if (isRed(result.outcome)) throw redness(result);
      });
    }
  }
}

/** The error of a failed result. */
function redness({ outcome, reason, differences }: Result): Failure {
  const gone = `passed, although it is known to differ (${reason}): remove this xfail from the case`;
  return differenceFailure(outcome === "xpass" ? gone : differences.join("\n"));
}
