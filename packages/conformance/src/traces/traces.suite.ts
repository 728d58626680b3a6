import { inject } from "vitest";
import { defineTraceTests } from "./suite.ts";

defineTraceTests(inject("subjects"));
