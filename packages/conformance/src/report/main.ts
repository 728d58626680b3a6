#!/usr/bin/env node
import { command, run } from "@wasm-header-filter/cli";
import { recordFigures } from "./record.ts";

await run(command("conformance-report", "x").option("--record").action(recordFigures));
