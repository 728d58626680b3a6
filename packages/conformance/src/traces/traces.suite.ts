import { inject } from "vitest";
import { defineTraceTests } from "./suite.ts";

// Modules with the same cases are compared with each other.
for (const subjects of Map.groupBy(inject("subjects"), ({ files }) => files.join("\n")).values()) {
  defineTraceTests(subjects);
}
