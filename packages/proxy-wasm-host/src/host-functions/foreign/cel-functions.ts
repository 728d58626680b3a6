import { Environment } from "@marcbachmann/cel-js";
import type { Duration, UnsignedInt } from "@marcbachmann/cel-js/evaluator";

/** How many arguments each function of CEL's standard library takes that Envoy has; the receiver counts. */
const ARITIES: Readonly<Record<string, readonly number[]>> = {
  ...Object.fromEntries(
    "bool bytes double duration dyn has int size string timestamp type uint".split(" ").map((name) => [name, [1]]),
  ),
  ...Object.fromEntries("all exists exists_one filter".split(" ").map((name) => [name, [3]])),
  map: [3, 4],
  ...Object.fromEntries("contains endsWith matches startsWith".split(" ").map((name) => [name, [2]])),
  ...Object.fromEntries(
    "Date DayOfMonth DayOfWeek DayOfYear FullYear Hours Milliseconds Minutes Month Seconds"
      .split(" ")
      .map((name) => [`get${name}`, [1, 2]]),
  ),
};

const NUMBERS = ["int", "uint", "double"];
/** Values of these types are never equal to each other, except for numbers. */
const TYPES = [...NUMBERS, "string", "bytes", "bool"];

/** What Envoy's library has and this one does not. */
const CONVERSIONS: readonly (readonly [signature: string, convert: (...values: never[]) => unknown])[] = [
  ["int(uint): int", (value: UnsignedInt) => value.valueOf()],
  ["int(bool): int", (value: boolean) => (value ? 1n : 0n)],
  ["int(google.protobuf.Timestamp): int", (value: Date) => BigInt(Math.floor(value.getTime() / 1000))],
  ["string(google.protobuf.Timestamp): string", (value: Date) => value.toISOString().replace(".000Z", "Z")],
  ["string(google.protobuf.Duration): string", (value: Duration) => secondsOf(value)],
  ["matches(string, string): bool", (text: string, pattern: string) => new RegExp(pattern, "u").test(text)],
];

/** A duration in seconds, as protobuf's JSON writes it. */
function secondsOf({ seconds, nanos }: Duration): string {
  const digits =
    nanos === 0
      ? ""
      : String(Math.abs(nanos))
          .padStart(9, "0")
          .replace(/(000)+$/, "");
  const sign = seconds < 0n || nanos < 0 ? "-" : "";
  return `${sign}${seconds < 0n ? -seconds : seconds}${digits && `.${digits}`}s`;
}
const COMPARISONS: Readonly<Record<string, (left: number | bigint, right: number | bigint) => boolean>> = {
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number are never strictly equal
  "==": (left, right) => left == right,
};

/** CEL as Envoy evaluates it: without types that are known before, and with comparisons between the types of numbers. */
export function celEnvironment(): Environment {
  const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });
  for (const [left, right] of NUMBERS.flatMap((left) => NUMBERS.map((right) => [left, right]))) {
    if (left === right) continue;
    for (const [operator, compare] of Object.entries(COMPARISONS)) {
      define(environment, `${left} ${operator} ${right}`, (one, other) => compare(one.valueOf(), other.valueOf()));
    }
  }
  for (const [left, right] of TYPES.flatMap((left) => TYPES.map((right) => [left, right]))) {
    if (left !== right) define(environment, `${left} == ${right}`, () => false);
  }
  for (const [signature, convert] of CONVERSIONS) environment.registerFunction(signature, convert);
  return environment;
}

type Numeric = { valueOf(): number | bigint };

/** Leaves a comparison alone that the library has. */
function define(environment: Environment, signature: string, compare: (one: Numeric, other: Numeric) => boolean): void {
  try {
    environment.registerOperator(signature, compare);
  } catch {
    // It is there.
  }
}

const LARGEST = 2n ** 63n - 1n;

/** Whether this is the number behind the minus of the smallest integer. */
const isSmallest = (node: unknown): boolean =>
  typeof node === "object" && node !== null && "args" in node && node.args === LARGEST + 1n;

/** Whether Envoy has all functions of an expression, with as many arguments, and its integers have 64 bits. @param node a part of the syntax tree */
export function hasFunctions(node: unknown): boolean {
  if (Array.isArray(node)) return node.every(hasFunctions);
  if (typeof node !== "object" || node === null || !("op" in node) || !("args" in node)) return true;
  const { op, args } = node as { op: string; args: unknown };
  if (op === "value" && typeof args === "bigint" && args > LARGEST) return false;
  if (op === "-_" && isSmallest(args)) return true;
  if (!hasFunctions(args)) return false;
  if (op !== "call" && op !== "rcall") return true;
  const [name, ...rest] = args as readonly unknown[];
  const count = op === "call" ? (rest[0] as unknown[]).length : (rest[1] as unknown[]).length + 1;
  return Boolean(Object.hasOwn(ARITIES, String(name)) && ARITIES[String(name)]?.includes(count));
}
