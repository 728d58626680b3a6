import { readFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { readInput } from "@wasm-header-filter/cli";
import type { Variant } from "@wasm-header-filter/oci";
import { parse } from "yaml";
import { PROXIES } from "../cases/case.ts";
import { loadCases } from "../cases/load.ts";
import type { Missing } from "../environment/python.ts";
import { envoyInstructions } from "../figures/envoy-instructions.ts";
import { memoryFigures } from "../figures/memory.ts";
import { type ByKind, cpuRounds, ratio, type StartFigures, startFigures } from "../figures/on-envoy.ts";
import { requestCosts } from "../figures/per-request.ts";
import { type Modules, warmEnvoy } from "../figures/warm-envoy.ts";
import { type FoundEnvoy, findEnvoy } from "../proxies/envoy/find.ts";
import type { Result } from "../run/outcome.ts";
import { runModule } from "../run/run-module.ts";
import type { Counts, Findings, VariantFindings } from "./findings.ts";

const REQUESTS = 100_000;
const ADVICE = fileURLToPath(new URL("../../choose.yaml", import.meta.url));
/** The most WebAssembly instructions of a request that is stepped through in Envoy: more would take an hour. */
const STEPPABLE = 1_000_000;
/** The name of the run without a filter, among the modules. */
const PLAIN = "no-filter";

/**
 * Measures variants: a minute for each.
 *
 * @param tell called with a line before each step
 */
export async function measure(variants: readonly Variant[], tell: (line: string) => void): Promise<Findings> {
  const envoy: FoundEnvoy | Missing =
    process.platform === "linux" ? await findEnvoy() : { reason: "CPU and memory of a process are read on Linux only" };
  const advice = parse(readInput(ADVICE, "advice").toString()) as Record<string, string>;
  const inModule: VariantFindings[] = [];
  for (const variant of variants) inModule.push(await measureModule(variant, advice[variant.variant] ?? "", tell));

  const processors = cpus();
  const machine = `Node ${process.versions.node} on ${process.platform} ${release()} ${process.arch}, ${processors.length} × ${processors[0]?.model ?? "unknown processor"}`;
  const date = new Date().toISOString().slice(0, 10);
  if ("reason" in envoy) return { variants: inModule, date, machine, missing: envoy.reason };

  const modules = new Map([[PLAIN, undefined], ...variants.map((one) => [one.variant, one.dist.module] as const)]);
  const starts = new Map<string, StartFigures>();
  for (const [name, module] of modules) {
    tell(`${name}: Envoy's start`);
    starts.set(name, await startFigures(envoy.path, module));
  }
  const stepped = inModule.filter(({ costs }) => Object.values(costs).every((one) => one.instructions <= STEPPABLE));
  const names = [PLAIN, ...stepped.map(({ variant }) => variant)];
  const { ratios, instructions } = await measureRequests(envoy.path, modules, names, tell);
  const plain = starts.get(PLAIN);
  return {
    variants: inModule.map((one) => {
      const start = starts.get(one.variant);
      const more = "counted" in instructions && overPlain(instructions.counted, one.variant, (of, no) => of - no);
      return {
        ...one,
        ...(start && { start }),
        cpu: overPlain(ratios, one.variant, ratio),
        ...(more && { instructions: more }),
      };
    }),
    ...(plain && { plain }),
    date,
    machine: `Envoy ${envoy.version}, ${machine}`,
    ...("reason" in instructions && { uncounted: instructions.reason }),
  };
}

/** @param stepped the modules whose instructions are counted */
async function measureRequests(
  envoy: string,
  modules: Modules,
  stepped: readonly string[],
  tell: (line: string) => void,
) {
  tell("CPU per request on Envoy, in interleaved rounds");
  const warm = await warmEnvoy(envoy, modules);
  try {
    return { ratios: await cpuRounds(warm), instructions: await envoyInstructions(warm, stepped, tell) };
  } finally {
    await warm.close();
  }
}

/** By kind of request, how a variant's figure compares with no filter's. */
function overPlain<T>(figures: ByKind<T>, variant: string, compare: (of: T, plain: T) => number) {
  return Object.fromEntries(
    Object.entries(figures).flatMap(([kind, { [variant]: of, [PLAIN]: plain }]) =>
      of !== undefined && plain !== undefined ? [[kind, compare(of, plain)] as const] : [],
    ),
  );
}

async function measureModule(
  { dir, variant, version, dist }: Variant,
  advice: string,
  tell: (line: string) => void,
): Promise<VariantFindings> {
  const module = readFileSync(dist.module);
  tell(`${variant}: host calls, instructions`);
  const costs = requestCosts(module);
  tell(`${variant}: linear memory over ${REQUESTS} requests`);
  const memory = await memoryFigures(module, REQUESTS);
  tell(`${variant}: conformance on ${PROXIES.join(" and ")}`);
  const results = await runModule({ bytes: module, variant, version }, loadCases(), PROXIES, () => {});
  const { description = "" } = JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
  const on = (proxy: string) => countsOf(results.filter((result) => result.proxy === proxy));
  return {
    variant,
    version,
    description,
    advice: advice.trim(),
    conformance: { host: on("host"), envoy: on("envoy") },
    size: { raw: module.length, gzip: gzipSync(module, { level: 9 }).length },
    memory,
    costs,
  };
}

function countsOf(results: readonly Result[]): Counts {
  const count = (...outcomes: string[]) => results.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return { passed: count("pass"), known: count("xfail"), failed: count("fail", "xpass"), skipped: count("skip") };
}
