import { oneLine } from "@wasm-header-filter/cli";
import { startBackends } from "../backends/backends.ts";
import type { Case, ProxyName } from "../cases/case.ts";
import type { Identity } from "../cases/identity.ts";
import type { Missing } from "../environment/python.ts";
import { findEnvoy } from "../proxies/envoy/find.ts";
import { startEnvoyProxy } from "../proxies/envoy/proxy.ts";
import { startHostProxy } from "../proxies/host.ts";
import type { ProxyOptions, ProxyUnderTest } from "../proxies/proxy.ts";
import type { Bench } from "./bench.ts";
import { judge, type Result, skipped } from "./outcome.ts";
import { runCase } from "./run-case.ts";
import { soak } from "./soak.ts";

export interface SessionOptions {
  readonly module: Uint8Array;
  /** What the module is called in reports, and in its announcement unless `version` is left out. */
  readonly variant: string;
  /** The module's version; by default, variant and version are taken from its announcement. */
  readonly version?: string | undefined;
  readonly cases: readonly Case[];
  /** Gets what each proxy and its filters log, and each call between host and module, as text. */
  readonly log?: ((proxy: ProxyName, line: string) => void) | undefined;
}

/** The cases of a proxy, soaks first: they take twice as long in a process whose heap has grown. */
export function casesOn(proxy: ProxyName, cases: readonly Case[]): Case[] {
  const here = cases.filter(({ on }) => on.includes(proxy));
  return [...here.filter(({ soak }) => soak), ...here.filter(({ soak }) => !soak)];
}

/** A module on its proxies, which are started when the first case needs them. */
export interface Session {
  /** Carries out a case; one at a time. */
  run(of: Case, proxy: ProxyName): Promise<Result>;
  /** Closes the proxies and their backends. */
  close(): Promise<void>;
}

type Started = { readonly bench: Bench } | Missing;

/** Creates a session, without starting anything. */
export function createSession({ module, variant, version, cases, log }: SessionOptions): Session {
  const identity: Identity = version === undefined ? {} : { variant, version };
  const started = new Map<ProxyName, Promise<Started>>();

  const start = async (name: ProxyName): Promise<Started> => {
    const found = name === "envoy" ? await findEnvoy() : undefined;
    if (found && "reason" in found) return found;
    const backends = await startBackends(cases);
    try {
      const options: ProxyOptions = { module, backends, cases, log: log && ((line) => log(name, line)) };
      const proxy: ProxyUnderTest = await (found ? startEnvoyProxy(found.path, options) : startHostProxy(options));
      return { bench: { proxy, backends, identity } };
    } catch (error) {
      await backends.close();
      throw error;
    }
  };

  return {
    async run(of, proxy) {
      try {
        if (of.soak) return judge(of, variant, proxy, await soak(of, module, of.soak));
        if (!started.has(proxy)) started.set(proxy, start(proxy));
        const on = (await started.get(proxy)) as Started;
        if ("reason" in on) return skipped(of, variant, proxy, on.reason);
        return judge(of, variant, proxy, await runCase(of, on.bench));
      } catch (error) {
        return judge(of, variant, proxy, [`broken off: ${oneLine(error)}`]);
      }
    },
    async close() {
      const all = await Promise.allSettled(started.values());
      for (const one of all) {
        if (one.status === "rejected" || "reason" in one.value) continue;
        await one.value.bench.proxy.close();
        await one.value.bench.backends.close();
      }
    },
  };
}
