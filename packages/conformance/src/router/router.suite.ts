import { isDeepStrictEqual } from "node:util";
import { afterAll, expect, test } from "vitest";
import { findEnvoy } from "../proxies/envoy/find.ts";
import { loadRouterCases, type RouterCase } from "./case.ts";
import type { Observed } from "./exchange.ts";
import { PACES, type Router, startEnvoyRouter, startHostRouter } from "./start.ts";
import { summary } from "./summary.ts";

/** The longest an exchange may take in ms; it only ends what hangs. */
const LIMIT = 600_000;

const started: Router[] = [];
afterAll(async () => {
  for (const one of started) await one.close();
}, LIMIT);

async function start(): Promise<{ host: Router; envoy: Router | string }> {
  const found = await findEnvoy();
  const host = await startHostRouter();
  started.push(host);
  if ("reason" in found) return { host, envoy: found.reason };
  const envoy = await startEnvoyRouter(found.path);
  started.push(envoy);
  return { host, envoy };
}

let both: ReturnType<typeof start> | undefined;

/** filter-host does what is written down, and Envoy does the same. */
for (const of of loadRouterCases()) {
  test(`router: ${of.topic} / ${of.name}`, { timeout: LIMIT }, async ({ skip }) => {
    both ??= start();
    const { host, envoy } = await both;
    const [here, there] = await compared(of, host, typeof envoy === "string" ? undefined : envoy);
    if (of.differs === undefined) {
      expect(summary(here)).toBe(of.logs);
      if (there) expect(here).toEqual(there);
    } else if (there) {
      expect(here, `agrees, although it is known to differ: remove "differs" (${of.differs})`).not.toEqual(there);
      expect(summary(there)).toBe(of.logs);
    }
    if (typeof envoy === "string") skip(envoy);
  });
}

/** Carries out an exchange on both proxies; if limits of time matter, again with longer ones until it ends as expected. */
async function compared(
  of: RouterCase,
  host: Router,
  envoy: Router | undefined,
): Promise<[Observed, Observed | undefined]> {
  let seen: [Observed, Observed | undefined] | undefined;
  for (const pace of of.timed ? PACES : PACES.slice(0, 1)) {
    const [here, there] = await Promise.all([host.run(of, pace), envoy?.run(of, pace)]);
    seen = [here, there];
    if (summary(here) === of.logs && (!there || isDeepStrictEqual(here, there))) break;
  }
  return seen as [Observed, Observed | undefined];
}
