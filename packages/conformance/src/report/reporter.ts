import { writeSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";
import { matrix } from "./matrix.ts";
import { writeReports } from "./results.ts";

/**
 * A vitest reporter: prints the matrix of what the conformance tests found, writes it to the report folder, and ends the output with the
 * line `N passed, N failed, N skipped`, of all tests.
 *
 * @param folder where the reports go
 */
export function conformanceReporter(folder: string): Reporter {
  let lastLine = "";
  // After everything else that other reporters still have to say.
  process.on("exit", () => lastLine && writeSync(1, `${lastLine}\n`));
  return {
    onTestRunEnd(modules, errors) {
      const tests = modules.flatMap((module) => [...module.children.allTests()]);
      const results = tests.map((test) => test.meta().conformance).filter((result) => result !== undefined);
      if (results.length > 0) {
        writeReports(folder, results);
        console.log(["", ...matrix(results, process.stdout), ""].join("\n"));
      }
      const agreement = tests.map((test) => test.meta().agrees).filter((agrees) => agrees !== undefined);
      if (agreement.length > 0) {
        const agreed = agreement.filter(Boolean).length;
        console.log(`filter-host and Envoy: ${agreed} of ${agreement.length} agree\n`);
      }
      const count = (state: string) => tests.filter((test) => test.result().state === state).length;
      const failed = count("failed") + errors.length + modules.filter(brokenOff).length;
      lastLine = `${count("passed")} passed, ${failed} failed, ${count("skipped")} skipped`;
    },
  };
}

/** Whether a file of tests failed outside of its tests. */
const brokenOff = (module: TestModule): boolean => module.errors().length > 0;
