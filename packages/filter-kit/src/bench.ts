import { existsSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Failure, palette } from "@wasm-header-filter/cli";
import { type BenchCount, benchModules } from "@wasm-header-filter/conformance/bench";
import { bytes } from "@wasm-header-filter/oci";
import { moduleOf } from "./build.ts";
import { configurationText } from "./configuration.ts";
import type { Engine, Project } from "./project.ts";
import { loadFilter } from "./testing.ts";

/** How long a filter may hold a request, in ms: it has no service to wait for. */
const PATIENCE = 5000;

/** What is measured. */
export interface BenchOptions {
  readonly engines: readonly Engine[];
  /** Files of other modules, which get the same configuration. */
  readonly compare: readonly string[];
  /** Headers of the request. */
  readonly headers: Readonly<Record<string, string>>;
  /** As JSON instead of a table. */
  readonly json: boolean;
}

/** What a request costs in a module. */
interface Cost extends Partial<BenchCount> {
  readonly name: string;
  /** The module's size in bytes. */
  readonly size: number;
  /** The host functions that it calls, in order. */
  readonly calls: readonly string[];
}

/**
 * Prints what a request costs: the CPU instructions that the filter adds in Envoy, and the host functions that it calls.
 *
 * @throws Failure if a module isn't built or isn't there, or refuses the configuration
 */
export async function bench(project: Project, { engines, compare, headers, json }: BenchOptions): Promise<void> {
  const { dim } = palette(process.stderr);
  const modules = [
    ...engines.map((engine) => ({ name: engine, module: join(project.dir, moduleOf(engine)) })),
    ...compare.map((file) => ({ name: basename(file), module: resolve(file) })),
  ];
  for (const { module } of modules)
    if (!existsSync(module)) throw new Failure(`${module}: no such file; run filter build first`);
  const twice = modules.find(({ name }, at) => modules.findIndex((other) => other.name === name) < at);
  if (twice) throw new Failure(`--compare ${twice.module}: another module is called ${twice.name}; rename the file`);
  const configuration = Buffer.from(configurationText(project));
  const costs: Cost[] = [];
  for (const { name, module } of modules) {
    const loaded = await loadFilter({ module, config: configuration });
    const exchanged = await Promise.race([
      loaded.request({ path: "/direct", headers: Object.entries(headers) }),
      setTimeout(PATIENCE),
    ]);
    if (!exchanged) throw new Failure(`${module}: holds the request for more than ${PATIENCE} ms`);
    costs.push({ name, size: statSync(module).size, calls: exchanged.calls });
  }
  const found = await benchModules(
    modules.map((one) => ({ ...one, configuration })),
    headers,
    (line) => console.error(dim(line)),
  );
  const counts = "reason" in found ? {} : found.counted;
  const all = costs.map((cost) => ({ ...cost, ...counts[cost.name] }));
  if (json) console.log(JSON.stringify(all, undefined, 2));
  else console.log(table(all));
  if ("reason" in found) console.error(`CPU instructions were not counted: ${found.reason}`);
}

function table(costs: readonly Cost[]): string {
  const rows = costs.map(({ name, size, status, instructions, calls }) => [
    name,
    bytes(size),
    status === undefined ? "–" : String(status),
    instructions === undefined ? "–" : `${(instructions / 1000).toFixed(1)}k`,
    String(calls.length),
  ]);
  const lines = [["", "module", "status", "instructions", "host calls"], ...rows];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line.map((text, at) => (at === 0 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0))).join("  "),
    )
    .join("\n");
}
