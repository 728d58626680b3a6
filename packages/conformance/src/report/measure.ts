import { readFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Variant } from "@wasm-header-filter/oci";
import { PROXIES } from "../cases/case.ts";
import { loadCases } from "../cases/load.ts";
import type { Missing } from "../environment/python.ts";
import { added, envoyInstructions, unsteppable } from "../figures/envoy-instructions.ts";
import { memoryFigures } from "../figures/memory.ts";
import { type ByKind, cpuRounds, ratio, type StartFigures, startFigures } from "../figures/on-envoy.ts";
import { requestCosts } from "../figures/per-request.ts";
import { type Modules, NO_FILTER, warmEnvoy } from "../figures/warm-envoy.ts";
import { type FoundEnvoy, findEnvoy } from "../proxies/envoy/find.ts";
import type { Result } from "../run/outcome.ts";
import { runModule } from "../run/run-module.ts";
import { readAdvice } from "./advice.ts";
import type { Counts, Findings, VariantFindings } from "./findings.ts";

const REQUESTS = 100_000;

/**
 * Measures variants: a minute for each.
 *
 * @param tell called with a line before each step
 */
export async function measure(variants: readonly Variant[], tell: (line: string) => void): Promise<Findings> {
  const envoy: FoundEnvoy | Missing =
    process.platform === "linux" ? await findEnvoy() : { reason: "CPU and memory of a process are read on Linux only" };
  const inModule: VariantFindings[] = [];
  for (const variant of variants) inModule.push(await measureModule(variant, tell));

  const processors = cpus();
  const machine = `Node ${process.versions.node} on ${process.platform} ${release()} ${process.arch}, ${processors.length} × ${processors[0]?.model ?? "unknown processor"}`;
  const date = new Date().toISOString().slice(0, 10);
  if ("reason" in envoy) return { variants: inModule, date, machine, missing: envoy.reason };

  const modules = new Map([[NO_FILTER, undefined], ...variants.map((one) => [one.variant, one.dist.module] as const)]);
  const starts = new Map<string, StartFigures>();
  for (const [name, module] of modules) {
    tell(`${name}: Envoy's start`);
    starts.set(name, await startFigures(envoy.path, module));
  }
  const stepped = inModule.filter(({ costs }) => unsteppable(costs) === undefined);
  const names = [NO_FILTER, ...stepped.map(({ variant }) => variant)];
  const { ratios, instructions } = await measureRequests(envoy.path, modules, names, tell);
  const plain = starts.get(NO_FILTER);
  const more = "counted" in instructions ? added(instructions.counted) : {};
  return {
    variants: inModule.map((one) => {
      const start = starts.get(one.variant);
      return {
        ...one,
        ...(start && { start }),
        cpu: overPlain(ratios, one.variant),
        ...(more[one.variant] && { instructions: more[one.variant] }),
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

/** By kind of request, the ratio of a variant's CPU to that of no filter. */
function overPlain(rounds: ByKind<readonly number[]>, variant: string) {
  return Object.fromEntries(
    Object.entries(rounds).flatMap(([kind, { [variant]: of, [NO_FILTER]: plain }]) =>
      of !== undefined && plain !== undefined ? [[kind, ratio(of, plain)] as const] : [],
    ),
  );
}

async function measureModule(
  { dir, variant, version, dist }: Variant,
  tell: (line: string) => void,
): Promise<VariantFindings> {
  const module = readFileSync(dist.module);
  tell(`${variant}: host calls, instructions`);
  const costs = await requestCosts(module);
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
    advice: readAdvice(dir),
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
