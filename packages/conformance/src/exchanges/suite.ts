import { fileURLToPath } from "node:url";
import { test } from "vitest";
import { loadKnown } from "../differential/known.ts";
import { findEnvoy } from "../proxies/envoy/find.ts";
import { differenceFailure } from "../run/difference-failure.ts";
import { differences } from "./compare.ts";
import type { Exchange, Observed } from "./exchange.ts";
import { loadExchanges } from "./load.ts";
import { observeAll } from "./observe.ts";
import { envoyAt, startHosts } from "./proxies.ts";

declare module "vitest" {
  interface TaskMeta {
    /** Whether filter-host and Envoy did the same with the same bytes. */
    exchangeAgrees?: boolean;
  }
}

/** Exchanges that filter-host and Envoy are known to do differently. */
const KNOWN = fileURLToPath(new URL("../../exchanges-known.yaml", import.meta.url));

/** The longest all exchanges may take in ms; it only ends what hangs. */
const LIMIT = 600_000;

/** Makes a vitest test of each exchange of `exchanges/`: the same bytes on filter-host and on Envoy, compared byte for byte. */
export function defineExchangeTests(): void {
  const exchanges = loadExchanges();
  const known = loadKnown(
    exchanges.map(({ title }) => title),
    KNOWN,
  );
  let started: Promise<Pair> | undefined;
  for (const [at, { title }] of exchanges.entries()) {
    test(title, { timeout: LIMIT }, async ({ task, skip }) => {
      started ??= run(exchanges);
      const pair = await started;
      if ("reason" in pair) return skip(pair.reason);
      const found = differences(pair.host[at] as Observed, pair.envoy[at] as Observed);
      task.meta.exchangeAgrees = found.length === 0;
      const reason = known.get(title);
      if (reason && found.length === 0) {
        throw differenceFailure(
          `agrees, although it is known to differ (${reason}): remove it from exchanges-known.yaml`,
        );
      }
      if (!reason && found.length > 0) throw differenceFailure(found.join("\n"));
    });
  }
}

type Pair = { readonly host: readonly Observed[]; readonly envoy: readonly Observed[] } | { readonly reason: string };

async function run(exchanges: readonly Exchange[]): Promise<Pair> {
  const found = await findEnvoy();
  if ("reason" in found) return found;
  const envoy = await observeAll(exchanges, envoyAt(found.path));
  return { host: await observeAll(exchanges, startHosts), envoy };
}
