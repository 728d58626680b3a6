import type { Random } from "./random.ts";

const PIECES = [
  ..."abcxyzABCXYZ019-_.~!",
  " ",
  "\t",
  "\u007f",
  "\u0080",
  "é",
  "\u2028",
  "\uffff",
  "𝄞",
  "<>&",
  "\\n",
  "\\u0000",
  "\\u001f",
  "\\u0041",
  "\\u00e9",
  "\\ud834",
  "\\uDD1E",
  "\\ud834\\udd1e",
  '\\"',
  "\\\\",
  "\\/",
  "\\b",
  "\\t",
  "\\u007F",
];

const NAMES = [
  "a",
  "A",
  "b",
  "x-y",
  "X-Y",
  "__proto__",
  "2",
  "10",
  "te",
  "Host",
  ":path",
  ":",
  "",
  "conten\\u0074-length",
  "a b",
  "keep\\ralive",
];

const NUMBERS = [
  "0",
  "-0",
  "1",
  "1e3",
  "1000.0",
  "-7",
  "1.5",
  "1E-3",
  "0.1e1",
  "120e-1",
  "9007199254740991",
  "9007199254740992",
  "1e400",
  "-1e-400",
  "1e22",
];

/** A configuration as text, good or nearly so. */
export function randomConfiguration(random: Random): string {
  const space = () => (random.chance(10) ? random.pick([" ", "\n", "\t", "\r", "  "]) : "");
  const wrap = (text: string) => `${space()}${text}${space()}`;
  const string = () => `"${random.many(0, random.pick([1, 3, 8]), () => random.pick(PIECES)).join("")}"`;
  const name = () => (random.chance(60) ? `"${random.pick(NAMES)}"` : string());
  const scalar = () =>
    random.chance(55)
      ? string()
      : random.chance(70)
        ? random.pick(NUMBERS)
        : random.pick(["true", "false", "null", "{}"]);
  const nested = (levels: number) =>
    random
      .pick([
        ["[", "]"],
        ['{"a":', "}"],
      ])
      .map((part) => part.repeat(levels))
      .join("1");
  const value = (): string =>
    random.chance(2)
      ? nested(28 + random.below(8))
      : random.chance(75)
        ? scalar()
        : `[${random.many(0, 4, () => wrap(random.chance(95) ? scalar() : value())).join(",")}]`;
  const object = () => `{${random.many(0, 6, () => `${wrap(name())}:${wrap(value())}`).join(",")}}`;
  return wrap(random.chance(97) ? object() : value());
}

/** The bytes of a text, some of them spoiled. */
export function spoiled(random: Random, text: string): Uint8Array {
  const bytes = [...new TextEncoder().encode(text)];
  for (let i = random.below(3); i >= 0; i--) {
    const at = random.below(bytes.length + 1);
    const byte = random.chance(50) ? random.below(256) : random.pick([...'{}[]:,"\\ \t\n0-+.eEtfn\0']).charCodeAt(0);
    if (random.chance(35)) bytes.splice(at, 1 + random.below(3));
    else if (random.chance(50)) bytes.splice(at, 0, byte);
    else bytes[Math.min(at, bytes.length)] = byte;
  }
  return Uint8Array.from(bytes);
}

/** A JSON number at or next to a place where doubles change, often with more digits than a double has. */
export function randomNumber(random: Random): string {
  const bits = random.below(55);
  const whole = random.chance(20) ? 0n : (1n << BigInt(bits)) + BigInt(random.below(3)) - 1n;
  // Half a unit in the last place, as 5^n / 10^n, at times a little more or less, or off by a factor of two.
  const places = random.chance(10) ? 1 : Math.max(1, 53 - bits + random.below(3));
  let fraction = (5n ** BigInt(places)).toString().padStart(places, "0");
  if (random.chance(40)) fraction = (10n ** BigInt(places) - BigInt(fraction)).toString().padStart(places, "0");
  fraction += random.pick(["", "0", "000", "0000000000000000000001", "9".repeat(random.below(30))]);
  if (random.chance(30)) fraction = (BigInt(fraction) - 1n).toString().padStart(fraction.length, "0").replace("-", "");
  const sign = random.chance(20) ? "-" : "";
  if (random.chance(15)) return `${sign}${tiny(random)}`;
  if (random.chance(50)) return `${sign}${whole}.${fraction}`;
  // The same number with its point elsewhere, set right by an exponent.
  const digits = `${whole}${fraction}`.replace(/^0+(?=\d)/, "");
  const shift = random.below(digits.length + 40) - 20;
  const point = digits.length - fraction.length + shift;
  const moved =
    point <= 0
      ? `0.${"0".repeat(-point)}${digits}`
      : `${digits.padEnd(point, "0").slice(0, point)}${point < digits.length ? `.${digits.slice(point)}` : ""}`;
  return `${sign}${moved.replace(/^0+(?=\d)/, "")}${random.pick(["e", "E"])}${-shift}`;
}

/** A number about half the smallest double, 2^-1075. */
function tiny(random: Random): string {
  const digits = (5n ** 1075n).toString();
  const kept = digits.slice(0, random.chance(40) ? digits.length : 1 + random.below(digits.length));
  const last = random.pick(["", "", "0", "1", "00001", "9"]);
  const exponent = -324 + random.pick([0, 0, 0, 0, -1, 1]);
  return random.chance(50) ? `2.${kept.slice(1)}${last || "0"}e${exponent}` : `0.${"0".repeat(323)}${kept}${last}`;
}
