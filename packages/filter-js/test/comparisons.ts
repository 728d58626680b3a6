/** Relations of a BigInt and a number, and the other way round. */
const OPERATIONS: Readonly<Record<string, (a: bigint, b: number) => boolean>> = {
  "a < b": (a, b) => a < b,
  "a <= b": (a, b) => a <= b,
  "a > b": (a, b) => a > b,
  "a >= b": (a, b) => a >= b,
  "b < a": (a, b) => b < a,
  "b >= a": (a, b) => b >= a,
  // biome-ignore lint/suspicious/noDoubleEquals: BigInts and numbers are never strictly equal.
  "a == b": (a, b) => a == (b as unknown),
};

const MAGNITUDES = [1n, 2n, 4n, 5n, 2n ** 31n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n, 2n ** 200n];
const BIG_INTS = [0n, ...MAGNITUDES.flatMap((one) => [one, -one])];
const NUMBERS = [0, -0, ...[0.5, 1, 1.5, 3, 5.5, 2 ** 31, 2 ** 53, 2 ** 64, 1e300, Infinity].flatMap((one) => [one, -one]), NaN]; // biome-ignore format: one line

/**
 * Whether QuickJS and quickjs-ng give the opposite for `<`, `<=`, `>` and `>=`: both are negative, the number is a fraction or at
 * most -2^31, and they are not between the same powers of two.
 */
function isReversed(a: bigint, b: number): boolean {
  if (a >= 0n || b >= 0 || !Number.isFinite(b) || (Number.isInteger(b) && b > -(2 ** 31))) return false;
  const power = (value: number) => Math.floor(Math.log2(-value));
  return power(Number(a)) !== power(b);
}

/**
 * Compares BigInts and numbers.
 *
 * @param asQuickJs whether to give the results that QuickJS has instead of the right ones
 * @returns one line for each pair: the BigInt, the number, and each relation's result
 */
export function comparisons(asQuickJs = false): string[] {
  return BIG_INTS.flatMap((a) =>
    NUMBERS.map((b) => {
      const results = Object.entries(OPERATIONS).map(([name, holds]) => {
        const reversed = asQuickJs && name !== "a == b" && isReversed(a, b);
        return `${name}: ${holds(a, b) !== reversed}`;
      });
      return `a ${a}, b ${b}; ${results.join(", ")}`;
    }),
  );
}
