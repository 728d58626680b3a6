import { existsSync, readFileSync } from "node:fs";
import { UsageError } from "@wasm-header-filter/cli";
import { findRoot, findVariants, type Variant } from "@wasm-header-filter/oci";
import { requestCosts } from "../figures/per-request.ts";
import { record } from "../figures/recorded.ts";

/**
 * The variants that are built.
 *
 * @throws UsageError if there is none
 */
export function builtVariants(): Variant[] {
  const built = findVariants(findRoot()).filter(({ dist }) => existsSync(dist.module));
  if (built.length === 0) throw new UsageError("no built variant: run npm run build");
  return built;
}

/** Writes down what a request costs, beside each variant that is built. */
export function recordFigures(): void {
  for (const { dir, dist } of builtVariants()) console.log(record(dir, requestCosts(readFileSync(dist.module))));
}
