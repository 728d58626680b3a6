import type { KnownDifference } from "./differences.ts";

/**
 * Compares two canonical traces of one case.
 *
 * @param first the first variant's
 * @param other the other's
 * @param known the known differences of the other variant in this case
 * @returns undefined if only known differences are found, else one line that says how they differ, or that a known difference
 *   is gone
 */
export function compareTraces(
  first: readonly string[],
  other: readonly string[],
  known: readonly KnownDifference[],
): string | undefined {
  const difference = unlikeBut(known, first, other);
  if (difference) return difference;
  const gone = known.find((entry) => !unlikeBut(known.toSpliced(known.indexOf(entry), 1), first, other));
  return gone && `${gone.moved} is known to be moved and isn't any more: remove the case from the known differences`;
}

/** How two traces differ when the calls of each function that is known to be moved are compared separately. */
function unlikeBut(known: readonly KnownDifference[], first: readonly string[], other: readonly string[]) {
  const moved = new Set(known.map((entry) => entry.moved));
  const ofFunction = (trace: readonly string[], name: string) => trace.filter((line) => callee(line) === name);
  const others = (trace: readonly string[]) => trace.filter((line) => !moved.has(callee(line)));
  for (const name of moved) {
    const difference = unlike(ofFunction(first, name), ofFunction(other, name));
    if (difference) return difference;
  }
  return unlike(others(first), others(other));
}

/** The function that a line is a call of. */
const callee = (line: string): string => /: (\w+)\(/.exec(line)?.[1] ?? "";

function unlike(first: readonly string[], other: readonly string[]): string | undefined {
  const length = Math.max(first.length, other.length);
  for (let at = 0; at < length; at++) {
    const [expected = "nothing more", got = "nothing more"] = [first[at], other[at]];
    if (expected !== got) return `host call ${at + 1}: expected ${expected}, got ${got}`;
  }
  return undefined;
}
