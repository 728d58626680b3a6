/** The same numbers on every run, so that a failure can be repeated. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const WIDTHS = [0, 1, 8, 31, 32, 33, 53, 63, 64, 65, 95, 96, 97, 127, 128, 200];
const NUMBERS = [0, -0.5, 0.5, 1, -1, 1e9 + 0.5, -(2 ** 31), 2 ** 32, -(2 ** 53), 2 ** 63, -(2 ** 64), 1e300, -1e300];

type Inputs = readonly [a: bigint, b: bigint, width: number, x: number];

/** Names of operations and what they are. */
const OPERATIONS: Readonly<Record<string, (...inputs: Inputs) => unknown>> = {
  asUintN: (a, _, width) => BigInt.asUintN(width, a),
  asIntN: (a, _, width) => BigInt.asIntN(width, a),
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "~": (a) => ~a,
  "<<": (a, _, width) => a << BigInt(width),
  ">>": (a, _, width) => a >> BigInt(width),
  "**": (a, _, width) => a ** BigInt(width % 12),
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  "< a number": (a, _, __, x) => a < x,
  "> a number": (a, _, __, x) => a > x,
  "== a number": (a) => BigInt(Number(a)) === a && a === BigInt(String(a)),
  Number: (a) => Number(a),
  BigInt: (_, __, ___, x) => BigInt(Math.trunc(x)),
  "toString(radix)": (a, _, width) => a.toString(2 + (width % 35)),
  parse: (a) => BigInt(a < 0n ? String(a) : `0x${a.toString(16)}`),
  BigUint64Array: (a) => new BigUint64Array([a])[0],
  BigInt64Array: (a) => new BigInt64Array([a])[0],
};

/**
 * Does many things with BigInts, the same on each call and in each engine.
 *
 * @returns one line for each choice of inputs: the inputs, then each operation's name and result
 */
export function* results(count: number): Generator<string> {
  const below = chance(1);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const number = (): bigint => {
    const width = pick(WIDTHS);
    let value = 0n;
    for (let bit = 0; bit < width; bit += 24) value = (value << 24n) | BigInt(below(1 << 24));
    const power = 1n << BigInt(width);
    const positive = pick([value % power, value % power, power, power - 1n, BigInt(below(3))]);
    return below(2) ? -positive : positive;
  };
  for (let times = 0; times < count; times++) {
    const inputs: Inputs = [number(), number(), pick(WIDTHS), pick(NUMBERS)];
    const outcomes = Object.entries(OPERATIONS).map(([name, operation]) => {
      try {
        return `${name}: ${operation(...inputs)}`;
      } catch (error) {
        return `${name}: ${(error as Error).name}`;
      }
    });
    yield [inputs.join(" "), ...outcomes].join("|");
  }
}

/** Calls of BigInt.asUintN that convert their arguments or throw. */
export function conversions(): string[] {
  const order: string[] = [];
  const bits = { valueOf: () => order.push("bits") && 65.9 };
  const value = { valueOf: () => order.push("value") && -1n };
  const asUintN = BigInt.asUintN as (...args: unknown[]) => unknown;
  const calls = [
    [bits, value],
    ["33", "-1"],
    [],
    [64],
    [-1, value],
    [1n, value],
    [Symbol(), value],
    [64, 1],
    [2 ** 53, 1n],
  ];
  const outcomes = [...calls, [2 ** 53 - 1, -1n], [2 ** 53 - 1, 5n], [NaN, -1n], [32, false]].map((args) => {
    try {
      return String(asUintN(...args));
    } catch (error) {
      return (error as Error).name;
    }
  });
  const { enumerable, writable, configurable } = Object.getOwnPropertyDescriptor(BigInt, "asUintN") ?? {};
  const about = [asUintN.name, asUintN.length, "prototype" in asUintN, enumerable, writable, configurable];
  return [...order, ...outcomes, ...about.map(String)];
}
