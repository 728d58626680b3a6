#!/usr/bin/env node
import "@wasm-header-filter/cli/compile-cache";

await import("./main.ts");
