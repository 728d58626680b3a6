import { defineConfig } from "vitest/config";
import { conformanceProjects, conformanceReporter } from "./packages/conformance/src/vitest.ts";

// `--mode all` counts in the variants that are built on demand.
export default defineConfig(({ mode }) => ({
  test: {
    projects: [
      // Time-outs end what hangs; a busy machine may be slow.
      {
        test: {
          name: "unit",
          include: ["packages/*/{src,test}/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "release",
          include: ["packages/release/rehearsal/*.test.ts"],
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
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
