import type { Header, RequestStep, Saves } from "./case.ts";

/** What steps have saved so far, by name. */
export type Saved = Map<string, string>;

/** A step with what earlier ones have saved in the place of `${NAME}`, in each of its texts. */
export function withSaved(step: RequestStep, saved: ReadonlyMap<string, string>): RequestStep {
  return saved.size === 0 ? step : (replaced(step, saved) as RequestStep);
}

function replaced(part: unknown, saved: ReadonlyMap<string, string>): unknown {
  if (typeof part === "string") return part.replace(/\$\{(\w+)\}/g, (found, name) => saved.get(name) ?? found);
  if (part instanceof Uint8Array || typeof part !== "object" || part === null) return part;
  if (Array.isArray(part)) return part.map((inner) => replaced(inner, saved));
  return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, replaced(inner, saved)]));
}

/**
 * Saves values of a step's headers for the steps after it.
 *
 * @param headers those of the response, and then those of the request as the upstream has received it
 * @returns a difference for each that isn't there
 */
export function save(saves: Saves, headers: readonly Header[], saved: Saved): string[] {
  return Object.entries(saves).flatMap(([name, wanted]) => {
    const { header, matches } = typeof wanted === "string" ? { header: wanted, matches: "(.*)" } : wanted;
    const found = headers
      .filter(([key]) => key.toLowerCase() === header)
      .map(([, value]) => new RegExp(matches, "su").exec(value)?.[1])
      .find((value) => value !== undefined);
    if (found === undefined) {
      const form = typeof wanted === "string" ? "" : ` with ${matches}`;
      return [
        `saves ${name}: expected a header ${header}${form} in the response or in what the upstream sees, got none`,
      ];
    }
    saved.set(name, found);
    return [];
  });
}
