import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { conformanceProjects, conformanceReporter } from "./packages/conformance/src/vitest.ts";

// The tests start hundreds of Node processes, which take half the time if each does not compile its modules again.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "node-compile-cache");

/** They end what hangs; a busy machine may be slow. */
const LIMITS = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 100_000 } } };

const LONG = [
  {
    test: {
      name: "release",
      include: ["packages/release/rehearsal/*.test.ts"],
      testTimeout: 900_000,
      hookTimeout: 900_000,
    },
  },
  { test: { name: "long", include: ["packages/*/long/**/*.test.ts"], ...LIMITS } },
];

// `--mode all` adds what takes minutes: the variants that are built on demand, long soaks and configurations, the cases of the contract
// and of the examples in the comparison with Envoy, the tests in `long/`, and the rehearsals of a release, which publish and install
// every package.
export default defineConfig(({ mode }) => ({
  test: {
    // More than there are processors: many tests wait for Envoy, sockets and limits of time.
    maxWorkers: availableParallelism() + 1,
    projects: [
      // The files of a worker share the modules that it has loaded: what a test replaces is put back.
      {
        test: {
          name: "unit",
          include: ["packages/!(filter-host)/{src,test}/**/*.test.ts"],
          isolate: false,
          restoreMocks: true,
          unstubEnvs: true,
          ...LIMITS,
        },
      },
      // Its tests count what the whole process does, so that each file has a process of its own.
      { test: { name: "filter-host", include: ["packages/filter-host/{src,test}/**/*.test.ts"], ...LIMITS } },
      ...(mode === "all" ? LONG : []),
      ...conformanceProjects(import.meta.dirname, mode === "all" ? "all" : "default"),
    ],
    reporters: [
      "default",
      ["junit", { outputFile: "reports/junit.xml", suiteNameTemplate: "{displayName}" }],
      ["json", { outputFile: "reports/tests.json" }],
      conformanceReporter("reports"),
    ],
  },
}));
