import { writeSync } from "node:fs";
import type { Reporter, SerializedError, TestCase, TestModule } from "vitest/node";
import { matrix } from "./matrix.ts";
import { writeReports } from "./results.ts";

/**
 * A vitest reporter: prints the matrix of the conformance tests' results, writes it to the report folder, and ends the output with a line
 * `N skipped: REASON` for each reason and the line `N passed, N failed, N skipped`, of all tests.
 *
 * @param folder where the reports go
 */
export function conformanceReporter(folder: string): Reporter {
  let pattern: RegExp | undefined;
  let closing: string[] = [];
  // Other reporters print until the end.
  process.on("exit", () => closing.length > 0 && writeSync(1, `${closing.join("\n")}\n`));
  return {
    onInit(vitest) {
      pattern = vitest.config.testNamePattern;
    },
    onTestRunEnd(modules, errors, reason) {
      const tests = modules.flatMap((module) => [...module.children.allTests()]);
      const results = tests.map((test) => test.meta().conformance).filter((result) => result !== undefined);
      if (results.length > 0) {
        writeReports(folder, results);
        console.log(["", ...matrix(results, process.stdout), ""].join("\n"));
      }
      const agreement = (what: string, of: "agrees" | "exchangeAgrees") => {
        const all = tests.map((test) => test.meta()[of]).filter((agrees) => agrees !== undefined);
        if (all.length > 0) console.log(`${what}: ${all.filter(Boolean).length} of ${all.length} agree\n`);
      };
      agreement("filter-host and Envoy", "agrees");
      agreement("raw exchanges", "exchangeAgrees");
      const inState = (state: string) => tests.filter((test) => test.result().state === state);
      const failures = inState("failed").length + failuresOutsideTests(modules, errors);
      // A run can also fail without a failed test or suite.
      const failed = reason === "failed" ? Math.max(failures, 1) : failures;
      const skipped = inState("skipped");
      const byReason = Map.groupBy(skipped, (test) => reasonOf(test, pattern));
      closing = [
        ...[...byReason].map(([why, { length }]) => `${length} skipped: ${why}`),
        `${inState("passed").length} passed, ${failed} failed, ${skipped.length} skipped`,
      ];
    },
  };
}

/** Files that did not load, suites whose hooks failed, and errors that nothing caught. */
function failuresOutsideTests(modules: readonly TestModule[], errors: readonly SerializedError[]): number {
  const groups = modules.flatMap((module) => [module, ...module.children.allSuites()]);
  return errors.length + groups.filter((group) => group.errors().length > 0).length;
}

function reasonOf(test: TestCase, pattern: RegExp | undefined): string {
  if (pattern && !pattern.test(test.fullName.replaceAll(" > ", " "))) return "not chosen by --testNamePattern";
  const result = test.result();
  const given = (result.state === "skipped" && result.note) || test.meta().skipped;
  if (given) return given;
  for (let group = test.parent; ; group = group.parent) {
    if (group.errors().length > 0) return "a hook of their suite failed";
    if (group.type === "module") return "no reason given";
  }
}
