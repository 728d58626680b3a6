import { existsSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { Failure } from "@wasm-header-filter/cli";
import { afterAll, test } from "vitest";
import { startBackends } from "../backends/backends.ts";
import { type Case, title } from "../cases/case.ts";
import { loadCases } from "../cases/load.ts";
import { show } from "../cases/show.ts";
import { findEnvoy } from "../proxies/envoy/find.ts";
import { startEnvoyProxy } from "../proxies/envoy/proxy.ts";
import { startHostProxy } from "../proxies/host.ts";
import type { ProxyOptions, ProxyUnderTest } from "../proxies/proxy.ts";
import type { Bench } from "../run/bench.ts";
import { differenceFailure } from "../run/difference-failure.ts";
import type { Subject } from "../run/suite.ts";
import { loadKnown } from "./known.ts";
import { type Observation, observe, UNMET } from "./observe.ts";
import { loadScenarios, type Scenario } from "./scenarios.ts";

declare module "vitest" {
  interface TaskMeta {
    /** Whether filter-host and Envoy did the same. */
    agrees?: boolean;
  }
}

/** The longest a comparison may take in ms; it only ends tests that hang. */
const LIMIT = 600_000;

/**
 * Makes a vitest test of each case of some modules, and of each scenario of `differential/`: filter-host and real Envoy carry it out, and
 * what can be observed from outside must be the same on both.
 *
 * @param subjects modules and their cases
 * @throws Failure if a file is invalid or a module does not exist
 */
export function defineDifferentialTests(subjects: readonly Subject[]): void {
  // One process for each file: if a module makes Envoy crash, the other files are still compared.
  const probes = Map.groupBy(loadScenarios(), ({ of }) => of.topic);
  const groups = [...subjects.map(ofSubject), ...probes.values()];
  const known = loadKnown(groups.flat().map(({ of }) => title(of)));
  for (const group of groups) defineGroup(group, known);
}

/** The cases of a module that both proxies can carry out. */
function ofSubject({ module: path, files }: Subject): Scenario[] {
  if (!existsSync(path)) throw new Failure(`${path}: no such file, expected a built module: run npm run build`);
  const module = readFileSync(path);
  const cases = loadCases(files).filter(({ on, soak }) => on.length === 2 && !soak);
  return cases.map((of) => ({ of, module }));
}

interface Pair {
  readonly benches: readonly [host: Bench, envoy: Bench];
  close(): Promise<void>;
}

function defineGroup(group: readonly Scenario[], known: ReadonlyMap<string, string>): void {
  let started: Promise<Pair | string> | undefined;
  afterAll(async () => {
    const pair = await started?.catch(() => undefined);
    if (pair && typeof pair !== "string") await pair.close();
  }, LIMIT);
  for (const { of } of group) {
    test(title(of), { timeout: LIMIT }, async ({ task, skip }) => {
      started ??= start(group);
      const pair = await started;
      if (typeof pair === "string") return skip(pair);
      const [host, envoy] = await Promise.all(pair.benches.map((bench) => observe(of, bench)));
      const differences = compare(host ?? [], envoy ?? []);
      const unmet = new Map(envoy).get(UNMET);
      if (Array.isArray(unmet) && unmet.length > 0) throw differenceFailure(`on Envoy: ${unmet.join("\n")}`);
      task.meta.agrees = differences.length === 0;
      const reason = known.get(title(of));
      if (reason && differences.length === 0) {
        throw differenceFailure(
          `agrees, although it is known to differ (${reason}): remove it from differential-known.yaml`,
        );
      }
      if (!reason && differences.length > 0) throw differenceFailure(differences.join("\n"));
    });
  }
}

/** Both proxies for a group, or why there is no Envoy. */
async function start(group: readonly Scenario[]): Promise<Pair | string> {
  const envoy = await findEnvoy();
  if ("reason" in envoy) return envoy.reason;
  const cases = group.map(({ of }) => of);
  const modules = new Map<Case, Uint8Array>(group.map(({ of, module }) => [of, module]));
  const module = (of: Case) => modules.get(of) ?? Uint8Array.of();
  const bench = async (start: (options: ProxyOptions) => Promise<ProxyUnderTest>) => {
    const backends = await startBackends(cases);
    const proxy = await start({ module, backends, cases });
    const close = () => proxy.close().then(() => backends.close());
    return { proxy, backends, identity: {}, close };
  };
  const host = await bench(startHostProxy);
  const real = await bench((options) => startEnvoyProxy(envoy.path, options));
  return {
    benches: [host, real],
    async close() {
      await Promise.all([host.close(), real.close()]);
    },
  };
}

function compare(host: Observation, envoy: Observation): string[] {
  const other = new Map(envoy);
  return host
    .filter(([what, seen]) => !isDeepStrictEqual(seen, other.get(what)))
    .map(([what, seen]) => told(what, seen, other.get(what)));
}

/** The difference; of lists, the first entry that differs. */
function told(what: string, host: unknown, envoy: unknown): string {
  if (!Array.isArray(host) || !Array.isArray(envoy)) return `${what}: filter-host ${show(host)}, Envoy ${show(envoy)}`;
  const first = host.findIndex((entry, at) => !isDeepStrictEqual(entry, envoy[at]));
  const at = first < 0 ? host.length : first;
  return told(`${what}, entry ${at + 1} of ${host.length} and ${envoy.length}`, host[at], envoy[at]);
}
