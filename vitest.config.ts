import { conformanceProjects, conformanceReporter } from "@wasm-header-filter/conformance/vitest";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["packages/*/{src,test}/**/*.test.ts"] } },
      ...conformanceProjects(import.meta.dirname),
    ],
    reporters: [
      "default",
      ["junit", { outputFile: "reports/junit.xml", suiteNameTemplate: "{displayName}" }],
      ["json", { outputFile: "reports/tests.json" }],
      conformanceReporter("reports"),
    ],
  },
});
