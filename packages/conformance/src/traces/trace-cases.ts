import type { TraceEvent } from "@wasm-header-filter/filter-host";
import { startBackends } from "../backends/backends.ts";
import type { Case } from "../cases/case.ts";
import { patternsIn } from "../cases/pattern.ts";
import { startHostProxy } from "../proxies/host.ts";
import { runCase } from "../run/run-case.ts";
import { canonicalTrace } from "./canonical.ts";

/** A module on filter-host whose host calls are recorded. */
export interface TracedModule {
  /** Carries out a case; one at a time. @returns the lines of its canonical trace */
  trace(of: Case): Promise<string[]>;
  close(): Promise<void>;
}

/** Starts filter-host with a module. @param cases whose clusters are needed */
export async function traceCases(module: Uint8Array, cases: readonly Case[]): Promise<TracedModule> {
  const backends = await startBackends(cases);
  let take = (_: TraceEvent): void => {};
  const options = { module, backends, cases: [], trace: (event: TraceEvent) => take(event) };
  const proxy = await startHostProxy(options).catch(async (error) => {
    await backends.close();
    throw error;
  });
  return {
    async trace(of) {
      const trace = canonicalTrace(patternsIn(of));
      take = trace.take;
      await runCase(of, { proxy, backends, identity: {} });
      return trace.lines(of.steps.some((step) => step.kind === "request" && step.times > 1));
    },
    async close() {
      await proxy.close();
      await backends.close();
    },
  };
}
