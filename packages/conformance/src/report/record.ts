import { readFileSync } from "node:fs";
import { relative } from "node:path";
import type { Variant } from "@wasm-header-filter/oci";
import { type CountedVariant, countVariants } from "../figures/count-variants.ts";
import { unsteppable } from "../figures/envoy-instructions.ts";
import { type CountedRequests, requestCosts } from "../figures/per-request.ts";
import { record } from "../figures/recorded.ts";

/**
 * Writes down what a request costs, in each variant's folder. Where CPU instructions in Envoy can't be counted, they stay as they were
 * recorded.
 *
 * @param tell told what is done next, and what couldn't be counted
 * @param count counts the instructions in Envoy
 * @returns the files
 */
export async function recordVariants(
  variants: readonly Pick<Variant, keyof CountedVariant | "dir">[],
  tell: (line: string) => void,
  count: typeof countVariants = countVariants,
): Promise<string[]> {
  const costs = new Map<(typeof variants)[number], CountedRequests>();
  for (const one of variants) costs.set(one, await requestCosts(readFileSync(one.dist.module)));
  const steppable = variants.filter((one) => unsteppable(costs.get(one) ?? {}) === undefined);
  const counts = await count(steppable, tell);
  if ("reason" in counts) tell(`CPU instructions in Envoy stay as they were recorded: ${counts.reason}`);
  const counted = "counted" in counts ? counts.counted : {};
  return [...costs].map(([{ dir, variant }, cost]) =>
    relative(process.cwd(), record(dir, cost, unsteppable(cost) ?? counted[variant])),
  );
}
