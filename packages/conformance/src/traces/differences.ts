import { Failure, readInput } from "@wasm-header-filter/cli";
import { parseDocument } from "yaml";

/** A known difference between variants. */
export interface KnownDifference {
  /** As `topic / case`. */
  readonly cases: readonly string[];
  /** The host function whose calls come in another order. */
  readonly moved: string;
  readonly reason: string;
}

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(isText);
const FIELDS: Record<string, (value: unknown) => boolean> = {
  cases: isTexts,
  moved: isText,
  reason: isText,
};

/** The file that has them, in a variant's folder or in that of a package whose code is in the variant. */
export const DIFFERENCES = "trace-differences.yaml";

/**
 * Reads known differences.
 *
 * @param cases the names of all cases, as `topic / case`
 * @throws Failure, one line, for a file that isn't YAML, a malformed entry, or an entry that names an unknown case
 */
export function loadDifferences(cases: readonly string[], file: string): KnownDifference[] {
  const document = parseDocument(readInput(file, "trace differences").toString());
  const entries: unknown = document.errors.length > 0 ? undefined : (document.toJS() ?? []);
  const fail = (what: string): never => {
    throw new Failure(`trace differences ${file}: ${what}`);
  };
  if (!Array.isArray(entries)) return fail("expected a YAML list of differences");
  for (const [at, entry] of entries.entries()) {
    const wrong = Object.keys({ ...FIELDS, ...entry }).find((field) => !FIELDS[field]?.(entry?.[field]));
    if (wrong) fail(`[${at}].${wrong}: expected the fields cases (a list), moved and reason, and no others`);
    const stranger = (entry as KnownDifference).cases.find((name) => !cases.includes(name));
    if (stranger) fail(`[${at}].cases: no case ${stranger}, expected TOPIC / CASE`);
  }
  return entries;
}
