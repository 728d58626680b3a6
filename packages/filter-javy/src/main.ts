import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { command, palette, readInput, run } from "@wasm-header-filter/cli";

await run(
  command("filter-javy", "Build a filter that is written in TypeScript into a Proxy-Wasm module, on QuickJS.")
    .argument("<filter>", "the file whose default export is the filter's definition")
    .option(
      "-o, --output <file>",
      "where the module goes; its source map goes beside it, as FILE.map",
      "build/plugin.wasm",
    )
    .action(async (filter: string, { output }: { output: string }) => {
      readInput(filter, "filter");
      const { buildFilter } = await import("./build-filter.ts");
      const { module, map } = await buildFilter(filter);
      mkdirSync(dirname(output), { recursive: true });
      writeFileSync(output, module);
      writeFileSync(`${output}.map`, map);
      const { bold } = palette(process.stdout);
      console.log(`${bold(output)} ${module.length} bytes`);
    }),
);
