// Counts the CPU instructions that each variant adds to a request in the real Envoy, and fails above its budget.
// Needs the side-by-side benchmark in ../shared/bench; without it (a clone on its own) it says so and ends.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BUDGETS = {
  as: { n2: 23_600, n2h: 34_000 },
  javy: { n2: 35_600, n2h: 46_400 },
  jco: { n2: 28_000, n2h: 38_500 },
};
const bench = "../shared/bench";
if (!existsSync(bench)) {
  console.log("instructions: not counted, ../shared/bench is not there");
  process.exit(0);
}

// A variant without a budget isn't counted: SpiderMonkey's millions of instructions would take minutes, and its figures.json has them.
const modules = globSync("packages/*/dist/plugin.json")
  .map((path) => ({ variant: JSON.parse(readFileSync(path, "utf8")).variant, path: join(path, "..", "plugin.wasm") }))
  .filter(({ variant }) => variant in BUDGETS);
const work = mkdtempSync(join(tmpdir(), "instructions-"));
try {
  cpSync(bench, work, { recursive: true });
  run("cc", ["-O2", "-o", join(work, "stepcount"), join(work, "stepcount.c")]);
  const out = join(work, "out.json");
  const filters = modules.flatMap(({ variant, path }) => ["--filter", `${variant}=${path}`]);
  const envoy = process.env.ENVOY ?? globSync(".venv/lib/python*/site-packages/envoy/_bin/envoy")[0];
  const args = ["--envoy", envoy, "--no-load", "--steps", "5", "--builtin", "none", "--scenarios", "n2,n2h"];
  run("python3", [join(work, "bench.py"), ...args, ...filters, "--json", out]);
  const { scenarios } = JSON.parse(readFileSync(out, "utf8"));
  let over = 0;
  for (const { variant } of modules) {
    for (const [scenario, budget] of Object.entries(BUDGETS[variant])) {
      const { plus_insn: count } = scenarios[scenario][variant];
      const good = count > 0 && count <= budget;
      if (!good) over++;
      const what = scenario === "n2" ? "2 headers, no hello" : "2 headers, hello";
      console.log(
        `${good ? "ok  " : "OVER"} ${variant}: ${what}: ${count} extra instructions in Envoy, at most ${budget}`,
      );
    }
  }
  process.exitCode = over ? 1 : 0;
} finally {
  rmSync(work, { recursive: true, force: true });
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) throw new Error(`${command} failed${error ? `: ${error.message}` : ` with status ${status}`}`);
}
