import { existsSync } from "node:fs";
import { Failure } from "@wasm-header-filter/cli";
import type { Variant } from "@wasm-header-filter/oci";
import { compareWithBudget } from "../figures/budget.ts";
import { type CountedVariant, countVariants } from "../figures/count-variants.ts";
import { type RecordedCosts, readRecorded } from "../figures/recorded.ts";

/** What the check needs of a variant. */
export type CheckedVariant = Pick<Variant, keyof CountedVariant | "dir" | "onDemand">;

/**
 * Counts the CPU instructions that each variant adds to a request in Envoy, and compares them with what its folder records.
 *
 * @param variants those that are built on demand may be missing
 * @param print told the outcome, line by line
 * @param tell told what is done next
 * @param count counts the instructions
 * @returns whether each variant keeps to its budget
 * @throws Failure if there is no variant or one isn't built, or in CI if the instructions can't be counted
 */
export async function checkBudgets(
  variants: readonly CheckedVariant[],
  print: (line: string) => void,
  tell: (line: string) => void,
  count: typeof countVariants = countVariants,
  env: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
  if (variants.length === 0) throw new Failure("no variants, expected at least one to check");
  const missing = variants.find(({ onDemand, dist }) => !onDemand && !existsSync(dist.module));
  if (missing) throw new Failure(`${missing.dist.module}: no such file, expected a built module: run npm run build`);
  const built = variants.filter(({ dist }) => existsSync(dist.module));
  const budgets = new Map(built.map((one) => [one, readRecorded(one.dir)]));
  const counted = built.filter((one) => reasonOf(budgets.get(one)) === undefined);
  const counts = await count(counted, tell);
  if ("reason" in counts) {
    const what = `CPU instructions in Envoy were not counted: ${counts.reason}`;
    if (env.CI) throw new Failure(`${what}; in CI they must be`);
    print(`skip  ${what}`);
    return true;
  }
  const verdicts = [...budgets].flatMap(([{ variant }, recorded]) => {
    const reason = reasonOf(recorded);
    if (reason !== undefined) return [{ good: true, line: `skip  ${variant}: ${reason}` }];
    return compareWithBudget(recorded, counts.counted[variant] ?? {}).map(({ good, text }) => ({
      good,
      line: `${good ? "ok    " : "FAIL  "}${variant}: ${text}`,
    }));
  });
  for (const { line } of verdicts) print(line);
  return verdicts.every(({ good }) => good);
}

/** Why a variant's instructions are not counted, as its folder says. */
function reasonOf(recorded: RecordedCosts | undefined): string | undefined {
  const reasons = Object.values(recorded ?? {}).map(({ envoyInstructions }) => envoyInstructions);
  return reasons.find((one) => typeof one === "string");
}
