import { Agent, get } from "node:http";
import { Failure } from "@wasm-header-filter/cli";
import type { Missing } from "../environment/python.ts";
import { findEnvoy } from "../proxies/envoy/find.ts";
import { startEnvoy } from "../proxies/envoy/start.ts";
import { request, STEPPED, stepThrough } from "./envoy-instructions.ts";
import { startTraffic } from "./traffic.ts";
import { NO_FILTER } from "./warm-envoy.ts";

/** A module whose requests are counted. */
export interface BenchModule {
  /** Unique among those that are counted together. */
  readonly name: string;
  /** The module's file. */
  readonly module: string;
  readonly configuration: Uint8Array;
}

/** What a request costs in a module. */
export interface BenchCount {
  /** The status of the response. */
  readonly status: number;
  /** CPU instructions that the filter adds to the request in Envoy's worker, in user mode. */
  readonly instructions: number;
}

/** The path of a request that Envoy answers itself. */
const PATH = "/direct";
/** Enough for V8 to have compiled what is hot. */
const WARM_UP = 3000;

/**
 * Counts the CPU instructions that filters add to a request which Envoy itself answers, in an Envoy that is started for it. Linux only.
 *
 * @param headers of the request, beside those that a usual client sends
 * @param tell told what is done next
 * @returns by the modules' names; or why they can't be counted here
 * @throws Failure if Envoy doesn't start, or a module's answers have different statuses
 */
export async function benchModules(
  modules: readonly BenchModule[],
  headers: Readonly<Record<string, string>>,
  tell: (line: string) => void,
): Promise<{ readonly counted: Readonly<Record<string, BenchCount>> } | Missing> {
  if (process.platform !== "linux") return { reason: "threads are stepped through on Linux only" };
  const found = await findEnvoy();
  if ("reason" in found) return found;
  const traffic = await startTraffic();
  const plain = { name: NO_FILTER, filters: [] };
  const listeners = modules.map(({ module, configuration }, at) => ({
    name: `module-${at}`,
    filters: [{ name: `filter-${at}`, module, vmId: `module-${at}`, configuration }],
  }));
  tell(`Envoy ${found.version} with ${modules.map(({ name }) => name).join(", ")}`);
  const envoy = await startEnvoy({ envoy: found.path, upstream: traffic.upstream, listeners: [plain, ...listeners] });
  try {
    const urls = [plain, ...listeners].map(({ name }) => new URL(PATH, envoy.url(name)));
    const statuses: number[] = [];
    for (const [at, url] of urls.entries()) {
      tell(`${modules[at - 1]?.name ?? "no filter"}: ${WARM_UP} requests`);
      statuses.push(await warmUp(url, headers));
    }
    tell("CPU instructions per request");
    const texts = urls.map(({ port }) => ({ port: Number(port), text: request(PATH, headers) }));
    const counts = await stepThrough(envoy.pid ?? 0, texts, STEPPED);
    if ("reason" in counts) return counts;
    const [without = Number.NaN, ...least] = counts.map((rounds) => Math.min(...rounds));
    const counted = modules.map(({ name }, at): [string, BenchCount] => [
      name,
      { status: statuses[at + 1] ?? 0, instructions: (least[at] ?? Number.NaN) - without },
    ]);
    return { counted: Object.fromEntries(counted) };
  } finally {
    await envoy.close();
    await traffic.close();
  }
}

/** @returns the status of all responses */
async function warmUp(url: URL, headers: Readonly<Record<string, string>>): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const statuses = new Set<number>();
  try {
    for (let sent = 0; sent < WARM_UP; sent++) statuses.add(await statusOf(url, headers, agent));
  } finally {
    agent.destroy();
  }
  const [status = 0, ...others] = statuses;
  if (others.length === 0) return status;
  throw new Failure(`${url.pathname}: expected the same status each time, got ${[...statuses].join(", ")}`);
}

const statusOf = (url: URL, headers: Readonly<Record<string, string>>, agent: Agent) =>
  new Promise<number>((resolve, reject) =>
    get(url, { headers, agent }, (response) => response.resume().on("end", () => resolve(response.statusCode ?? 0))).on(
      "error",
      reject,
    ),
  );
