import type { Case, ProxyName } from "../cases/case.ts";

/** pass, fail; skip: it could not run; xfail: it failed as is known; xpass: a known difference is gone, which fails the run. */
export type Outcome = "pass" | "fail" | "skip" | "xfail" | "xpass";

/** The result of a case on one proxy with one module. */
export interface Result {
  readonly topic: string;
  readonly name: string;
  readonly variant: string;
  readonly proxy: ProxyName;
  readonly outcome: Outcome;
  /** Why it was skipped, or the reason for the known difference. */
  readonly reason?: string;
  /** One line each, with the step it was seen in. */
  readonly differences: readonly string[];
}

/** Whether an outcome makes a run fail. */
export const isRed = (outcome: Outcome): boolean => outcome === "fail" || outcome === "xpass";

/**
 * Turns differences into a result.
 *
 * @param differences empty if everything was as expected
 */
export function judge(of: Case, variant: string, proxy: ProxyName, differences: readonly string[]): Result {
  const known = of.xfail.find((entry) => (entry.proxy ?? proxy) === proxy && (entry.variant ?? variant) === variant);
  const passed = differences.length === 0;
  const outcome: Outcome = known ? (passed ? "xpass" : "xfail") : passed ? "pass" : "fail";
  return {
    topic: of.topic,
    name: of.name,
    variant,
    proxy,
    outcome,
    ...(known && { reason: known.reason }),
    differences,
  };
}

/** A case that could not run. */
export function skipped(of: Case, variant: string, proxy: ProxyName, reason: string): Result {
  return { topic: of.topic, name: of.name, variant, proxy, outcome: "skip", reason, differences: [] };
}
