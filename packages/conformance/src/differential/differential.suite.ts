import { inject } from "vitest";
import { defineDifferentialTests } from "./suite.ts";

defineDifferentialTests(inject("subjects"));
