#!/usr/bin/env node
import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { command, palette, readInput, run } from "@wasm-header-filter/cli";
import { buildFilter } from "./build-filter.ts";

await run(
  command("filter-jco", "Build a filter that is written in TypeScript into a Proxy-Wasm module, by way of a component.")
    .argument("<filter>", "the file whose default export is the filter's definition")
    .option("-o, --output <file>", "where the module goes; script and component go beside it", "build/plugin.wasm")
    .option("--quick", "optimize little: for trying things out")
    .action(async (filter: string, { output, quick }: { output: string; quick?: boolean }) => {
      readInput(filter, "filter");
      const module = await buildFilter(filter, dirname(output), quick ? "quick" : "small");
      writeFileSync(output, module);
      const { bold } = palette(process.stdout);
      console.log(`${bold(output)} ${module.length} bytes`);
    }),
);
