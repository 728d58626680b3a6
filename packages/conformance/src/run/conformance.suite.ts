import { inject } from "vitest";
import { defineTests } from "./suite.ts";

for (const subject of inject("subjects")) defineTests(subject);
