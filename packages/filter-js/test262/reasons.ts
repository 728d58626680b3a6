import type { Test } from "./tests.ts";

interface Reason {
  readonly reason: string;
  readonly holds: (test: Test, fault: string) => boolean;
}

const needs = (feature: string) => (test: Test) => test.features.includes(feature);

/** Why tests fail other than by a wrong result; the first one that holds counts. */
const REASONS: readonly Reason[] = [
  { reason: "A VM has one realm", holds: (_, fault) => fault.endsWith("there is no other realm") },
  { reason: "Temporal is not there", holds: needs("Temporal") },
  { reason: "Promise.allKeyed and Promise.allSettledKeyed are not there", holds: needs("await-dictionary") },
  { reason: "RegExp: the flag v is not there", holds: needs("regexp-v-flag") },
  { reason: "RegExp: modifiers, such as (?i:a), are not there", holds: needs("regexp-modifiers") },
  {
    reason: "RegExp: two groups cannot have the same name",
    holds: needs("regexp-duplicate-named-groups"),
  },
  {
    reason: "RegExp: the script Unknown (Zzzz) is not there",
    holds: (_, fault) => fault === "SyntaxError: unknown unicode script",
  },
  {
    reason: "The test deletes a function that the filter's binding to the host uses",
    holds: ({ name }) => name === "String/prototype/toWellFormed/prop-desc.js",
  },
];

/** What is said of a test that fails for no reason above: the engine computes something wrong. */
export const WRONG = "Wrong result";

/** Why a test fails. */
export function reasonOf(test: Test, fault: string): string {
  return REASONS.find(({ holds }) => holds(test, fault))?.reason ?? WRONG;
}
