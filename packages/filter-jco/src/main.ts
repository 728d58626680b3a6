import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { command, palette, readInput, run } from "@wasm-header-filter/cli";
import { Option } from "commander";
import type { Engine } from "./engine.ts";

await run(
  command("filter-jco", "Build a filter that is written in TypeScript into a Proxy-Wasm module, by way of a component.")
    .argument("<filter>", "the file whose default export is the filter's definition")
    .option(
      "-o, --output <file>",
      "where the module goes; script, component and FILE.map, the source map, go beside it",
      "build/plugin.wasm",
    )
    .option("--quick", "optimize little: for trying things out")
    .addOption(
      new Option("--engine <name>", "the JavaScript engine inside")
        .choices(["quickjs", "starlingmonkey"])
        .default("quickjs"),
    )
    .action(async (filter: string, { output, quick, engine }: { output: string; quick?: boolean; engine: Engine }) => {
      readInput(filter, "filter");
      const { buildFilter } = await import("./build-filter.ts");
      const { module, map } = await buildFilter(filter, dirname(output), {
        engine,
        optimize: quick ? "quick" : "small",
      });
      writeFileSync(output, module);
      writeFileSync(`${output}.map`, map);
      const { bold } = palette(process.stdout);
      console.log(`${bold(output)} ${module.length} bytes`);
    }),
);
