import type { Case } from "./case.ts";

/** The most streams of a soak that takes seconds. */
const SHORT_SOAK = 100_000;

/** A configuration, in bytes, that takes an interpreter a second to read. */
const LONG_CONFIGURATION = 65_536;

/** Whether a case is left to `npm run test:all`: it takes seconds on each variant and proxy. */
export function takesLong({ soak, filters }: Case): boolean {
  return (
    (soak !== undefined && soak.streams > SHORT_SOAK) ||
    filters.some(({ configuration }) => (configuration?.length ?? 0) > LONG_CONFIGURATION)
  );
}
