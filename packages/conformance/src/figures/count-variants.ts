import type { Missing } from "../environment/python.ts";
import { findEnvoy } from "../proxies/envoy/find.ts";
import { added, envoyInstructions } from "./envoy-instructions.ts";
import type { ByKind } from "./on-envoy.ts";
import { NO_FILTER, warmEnvoy } from "./warm-envoy.ts";

/** A variant, as far as its instructions are counted. */
export interface CountedVariant {
  readonly variant: string;
  readonly dist: { readonly module: string };
}

/**
 * Counts the CPU instructions that variants add to a request in an Envoy that is started for it: two minutes for three variants.
 *
 * @param tell told what is done next
 * @returns by variant and kind of request; or why they can't be counted here
 * @throws Failure if Envoy doesn't start, or an answer isn't the filter's
 */
export async function countVariants(
  variants: readonly CountedVariant[],
  tell: (line: string) => void,
): Promise<{ readonly counted: ByKind<number> } | Missing> {
  if (variants.length === 0) return { counted: {} };
  if (process.platform !== "linux") return { reason: "threads are stepped through on Linux only" };
  const found = await findEnvoy();
  if ("reason" in found) return found;
  const modules = new Map([[NO_FILTER, undefined], ...variants.map((one) => [one.variant, one.dist.module] as const)]);
  tell(`Envoy ${found.version} with ${[...modules.keys()].join(", ")}`);
  const envoy = await warmEnvoy(found.path, modules);
  try {
    const counts = await envoyInstructions(envoy, envoy.names, tell);
    return "reason" in counts ? counts : { counted: added(counts.counted) };
  } finally {
    await envoy.close();
  }
}
