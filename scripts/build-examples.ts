// Builds filter-js' examples into dist/examples: `node ../../scripts/build-examples.ts COMMAND [OPTION...]`, in an engine's package.
import { spawnSync } from "node:child_process";
import { copyFileSync, globSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const [command = "", ...options] = process.argv.slice(2);
mkdirSync("dist/examples", { recursive: true });
for (const filter of globSync("../filter-js/examples/*/filter.ts").sort()) {
  const name = basename(dirname(filter));
  const output = join("build/examples", name, "plugin.wasm");
  const { status, error } = spawnSync(command, [filter, ...options, "-o", output], { stdio: "inherit" });
  if (status !== 0) throw new Error(`${command} ${filter} failed`, { cause: error });
  copyFileSync(output, join("dist/examples", `${name}.wasm`));
}
