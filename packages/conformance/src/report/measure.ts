import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { readInput } from "@wasm-header-filter/cli";
import type { Variant } from "@wasm-header-filter/oci";
import { parse } from "yaml";
import { PROXIES } from "../case.ts";
import { type FoundEnvoy, findEnvoy } from "../envoy/find.ts";
import { memoryFigures } from "../figures/memory.ts";
import { cpuRounds, ratio, startFigures } from "../figures/on-envoy.ts";
import { requestCosts } from "../figures/per-request.ts";
import { loadCases } from "../load.ts";
import type { Result } from "../outcome.ts";
import type { Missing } from "../python.ts";
import { runModule } from "../run-module.ts";
import type { Counts, Findings, VariantFindings } from "./findings.ts";

const REQUESTS = 100_000;
const ADVICE = fileURLToPath(new URL("../../choose.yaml", import.meta.url));
/** What no filter is called among the modules. */
const PLAIN = "no-filter";

/**
 * Measures variants: a minute and a half for three.
 *
 * @param tell told what is done next
 */
export async function measure(variants: readonly Variant[], tell: (line: string) => void): Promise<Findings> {
  const envoy: FoundEnvoy | Missing =
    process.platform === "linux" ? await findEnvoy() : { reason: "CPU and memory of a process are read on Linux only" };
  const advice = parse(readInput(ADVICE, "advice").toString()) as Record<string, string>;
  const inModule: VariantFindings[] = [];
  for (const variant of variants) inModule.push(await measureModule(variant, advice[variant.variant] ?? "", tell));

  const [cpu] = cpus();
  const machine = `${process.platform} ${process.arch}, ${cpu?.model ?? "unknown processor"}`;
  if ("reason" in envoy) return { variants: inModule, machine, missing: envoy.reason };

  const modules = new Map([[PLAIN, undefined], ...variants.map((one) => [one.variant, one.dist.module] as const)]);
  const starts = new Map<string, Awaited<ReturnType<typeof startFigures>>>();
  for (const [name, module] of modules) {
    tell(`${name}: Envoy's start`);
    starts.set(name, await startFigures(envoy.path, module));
  }
  tell("CPU per request on Envoy, in interleaved rounds");
  const rounds = await cpuRounds(envoy.path, modules);
  const ratios = (name: string) =>
    Object.fromEntries(
      Object.entries(rounds).map(([kind, of]) => [kind, ratio(of[name] ?? [], of[PLAIN] ?? [])] as const),
    );
  const plain = starts.get(PLAIN);
  return {
    variants: inModule.map((one) => {
      const start = starts.get(one.variant);
      return { ...one, ...(start && { start }), cpu: ratios(one.variant) };
    }),
    ...(plain && { plain }),
    machine: `Envoy ${envoy.version} on ${machine}`,
  };
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
