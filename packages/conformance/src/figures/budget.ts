import { RECORD, type RecordedCosts } from "./recorded.ts";

/** By how many percent a count may be above what is recorded: repeated counts differ by less. */
const TOLERANCE = 1;

/** How a count compares with its budget. */
export interface Verdict {
  readonly good: boolean;
  readonly text: string;
}

/**
 * Compares the CPU instructions that a variant adds to a request in Envoy with those that are recorded in its folder.
 *
 * @param counted by kind of request
 * @returns one verdict for each kind that is recorded or counted
 */
export function compareWithBudget(
  recorded: RecordedCosts | undefined,
  counted: Readonly<Record<string, number>>,
): Verdict[] {
  const kinds = [...new Set([...Object.keys(recorded ?? {}), ...Object.keys(counted)])];
  return kinds.map((kind) => {
    const [count, budget] = [counted[kind], recorded?.[kind]?.envoyInstructions];
    if (count === undefined) return { good: false, text: `${kind}: not counted, though recorded` };
    if (typeof budget !== "number") return { good: false, text: `${kind}: ${count}, none recorded: ${RECORD}` };
    const percent = (100 * (count - budget)) / budget;
    const good = count > 0 && percent <= TOLERANCE;
    const off = Math.abs(percent) > TOLERANCE ? `, more than ${TOLERANCE} %; if that is meant: ${RECORD}` : "";
    const sign = percent < 0 ? "" : "+";
    return { good, text: `${kind}: ${count}, recorded ${budget}: ${sign}${percent.toFixed(2)} %${off}` };
  });
}
