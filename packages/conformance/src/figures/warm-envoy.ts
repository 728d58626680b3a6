import type { EnvoyListener } from "../proxies/envoy/bootstrap.ts";
import { startEnvoy } from "../proxies/envoy/start.ts";
import { CONFIGURATION } from "./per-request.ts";
import { startTraffic } from "./traffic.ts";

/** Names and files of modules; no file: no filter. */
export type Modules = ReadonlyMap<string, string | undefined>;

/** What no filter is called among the modules. */
export const NO_FILTER = "no-filter";

/** By kind of request: the headers it bears. */
export const KINDS: Readonly<Record<string, Record<string, string>>> = {
  "without hello": {},
  "with hello": { hello: "something" },
};

/** An Envoy that serves several modules side by side, and has compiled what is hot in them. */
export interface WarmEnvoy {
  readonly names: readonly string[];
  readonly pid: number;
  url(name: string): URL;
  /** Sends requests of a kind through a module, and waits for their answers. */
  send(name: string, kind: string, count: number): Promise<void>;
  close(): Promise<void>;
}

/** Enough for V8 to have compiled what is hot. */
const WARM_UP = 3000;
const ADDED = 2;

/**
 * Starts an Envoy with a listener for each module. Linux only.
 *
 * @param envoy the program
 * @param warmUp how many requests of each kind each module serves first
 * @throws Failure if Envoy doesn't start, or an answer isn't the filter's
 */
export async function warmEnvoy(envoy: string, modules: Modules, warmUp = WARM_UP): Promise<WarmEnvoy> {
  const traffic = await startTraffic();
  const listeners = [...modules].map(([name, module]) => listener(name, module));
  const process = await startEnvoy({ envoy, upstream: traffic.upstream, listeners });
  const names = [...modules.keys()];
  const started: WarmEnvoy = {
    names,
    pid: process.pid ?? 0,
    url: process.url,
    send: (name, kind, count) =>
      traffic.send(process.url(name), count, KINDS[kind] ?? {}, modules.get(name) ? ADDED : 0),
    async close() {
      await process.close();
      await traffic.close();
    },
  };
  try {
    for (const name of names) for (const kind of Object.keys(KINDS)) await started.send(name, kind, warmUp);
    return started;
  } catch (error) {
    await started.close();
    throw error;
  }
}

function listener(name: string, module: string | undefined): EnvoyListener {
  const filters = module ? [{ name: `filter-${name}`, module, vmId: name, configuration: CONFIGURATION }] : [];
  return { name, filters };
}
