import type { Pattern } from "./case.ts";

/** Whether an expected value is a pattern, for one that is generated. */
export const isPattern = (expected: unknown): expected is Pattern =>
  typeof expected === "object" && expected !== null && ("matches" in expected || "any" in expected);

/** Whether a value is as expected: the same, or what the pattern takes. */
export const fits = (expected: string | Pattern, got: string): boolean =>
  !isPattern(expected) ? expected === got : "any" in expected || new RegExp(expected.matches, "u").test(got);

/**
 * Replaces each pattern that takes what came in its place, so that expected and observed lines can be compared as they are.
 *
 * @param expected header lines or lines of a log
 * @param got what came
 */
export function filledIn<K extends string>(
  expected: readonly (readonly [K, string | Pattern])[],
  got: readonly (readonly [K, string])[],
): readonly (readonly [K, string | Pattern])[] {
  return expected.map((line, at) => {
    const came = got[at];
    return came && line[0] === came[0] && fits(line[1], came[1]) ? came : line;
  });
}

/** The regular expressions of all patterns within a part of a case. */
export function patternsIn(part: unknown): RegExp[] {
  const texts = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
    if (isPattern(value)) texts.add("matches" in value ? value.matches : "");
    else for (const inner of Object.values(value)) look(inner);
  };
  look(part);
  texts.delete("");
  return [...texts].map((text) => new RegExp(text, "u"));
}
