import { fileURLToPath } from "node:url";
import { Failure, readInput } from "@wasm-header-filter/cli";
import { parseDocument } from "yaml";

/** A known difference between variants. */
export interface KnownDifference {
  readonly variants: readonly string[];
  /** As `topic / case`. */
  readonly cases: readonly string[];
  /** The host function whose calls come in another order. */
  readonly moved: string;
  readonly reason: string;
}

const FILE = fileURLToPath(new URL("../../trace-differences.yaml", import.meta.url));
const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(isText);
const FIELDS: Record<string, (value: unknown) => boolean> = {
  variants: isTexts,
  cases: isTexts,
  moved: isText,
  reason: isText,
};

/**
 * Reads the known differences.
 *
 * @param cases the names of all cases, as `topic / case`
 * @throws Failure, one line, for a file that isn't YAML, a malformed entry, or an entry that names an unknown case
 */
export function loadDifferences(cases: readonly string[], file: string = FILE): KnownDifference[] {
  const document = parseDocument(readInput(file, "trace differences").toString());
  const entries: unknown = document.errors.length > 0 ? undefined : (document.toJS() ?? []);
  const fail = (what: string): never => {
    throw new Failure(`trace differences ${file}: ${what}`);
  };
  if (!Array.isArray(entries)) return fail("expected a YAML list of differences");
  for (const [at, entry] of entries.entries()) {
    const wrong = Object.keys({ ...FIELDS, ...entry }).find((field) => !FIELDS[field]?.(entry?.[field]));
    if (wrong) fail(`[${at}].${wrong}: expected the fields variants, cases (lists), moved and reason, and no others`);
    const stranger = (entry as KnownDifference).cases.find((name) => !cases.includes(name));
    if (stranger) fail(`[${at}].cases: no case ${stranger}, expected TOPIC / CASE`);
  }
  return entries;
}
