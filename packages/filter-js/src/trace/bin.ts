#!/usr/bin/env node
import { start } from "@wasm-header-filter/cli/start";

await start(new URL("../../package.json", import.meta.url), () => import("./main.ts"));
