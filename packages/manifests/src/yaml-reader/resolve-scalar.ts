import { YamlFault } from "./cursor.ts";
import type { ScalarNode } from "./parser.ts";

/** A scalar's value as Go has it: the types of keys matter. */
export type Scalar =
  | { readonly type: "str" | "timestamp" | "binary"; readonly value: string }
  | { readonly type: "int" | "uint"; readonly value: bigint }
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "null"; readonly value: null };

const PREFIX = "tag:yaml.org,2002:";

const WORDS = new Map<string, Scalar>();
const words = (scalar: Scalar, ...texts: readonly string[]) => {
  for (const text of texts) WORDS.set(text, scalar);
};
words({ type: "bool", value: true }, "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
words({ type: "bool", value: false }, "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
words({ type: "null", value: null }, "", "~", "null", "Null", "NULL");
words({ type: "float", value: Number.NaN }, ".nan", ".NaN", ".NAN");
words({ type: "float", value: Number.POSITIVE_INFINITY }, ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF");
words({ type: "float", value: Number.NEGATIVE_INFINITY }, "-.inf", "-.Inf", "-.INF");

/** The tags that a value may decide on; others make text of it. */
const RESOLVED = new Set(["str", "bool", "int", "float", "null", "timestamp"]);

/**
 * What a scalar is, by its value and tag (go.yaml.in/yaml v2, resolve.go).
 *
 * @throws YamlFault if it is not what its tag says
 */
export function resolveScalar({ value, tag, isImplicit, at }: ScalarNode): Scalar {
  const text: Scalar = { type: "str", value };
  if (tag === "") return isImplicit ? ofPlain(value) : text;
  const name = tag.startsWith(PREFIX) ? tag.slice(PREFIX.length) : "";
  if (name === "binary") return { type: "binary", value: decoded(value, at) };
  if (!RESOLVED.has(name) || name === "str") return text;
  if (name === "timestamp" && isTimestamp(value)) return { type: "timestamp", value };
  const found = ofPlain(value);
  if (found.type === name || (found.type === "uint" && name === "int")) return found;
  if (found.type === "int" && name === "float") return { type: "float", value: Number(found.value) };
  const type = found.type === "uint" ? "int" : found.type;
  throw new YamlFault(`cannot decode !!${type} ${JSON.stringify(value.slice(0, 80))} as a !!${name}`, at);
}

// Only here does an underscore have to be between digits.
const FRACTION = /^\.\d+(?:_\d+)*(?:[eE][-+]?\d+(?:_\d+)*)?$/;

function ofPlain(value: string): Scalar {
  const word = WORDS.get(value);
  if (word) return word;
  const text: Scalar = { type: "str", value };
  if (value.startsWith(".")) return FRACTION.test(value) ? float(value.replaceAll("_", ""), text) : text;
  if (!/^[-+\d]/.test(value)) return text;
  const plain = value.replaceAll("_", "");
  const integer = integerOf(plain);
  if (integer) return integer;
  return /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(plain) ? float(plain, text) : text;
}

function float(digits: string, otherwise: Scalar): Scalar {
  const value = Number(digits);
  return Number.isFinite(value) ? { type: "float", value } : otherwise;
}

const BASES: readonly [RegExp, string][] = [
  [/^0[xX]([\da-fA-F]+)$/, "0x"],
  [/^0[bB]([01]+)$/, "0b"],
  [/^0[oO]?([0-7]+)$/, "0o"],
  [/^(0|[1-9]\d*)$/, ""],
];
// Go's parser also reads a binary number whose sign is behind its prefix.
const SIGN_INSIDE = /^0b([-+])([01]+)$/;

function integerOf(text: string): Scalar | undefined {
  const inside = SIGN_INSIDE.exec(text);
  const [sign, digits] = inside
    ? [inside[1], `0b${inside[2]}`]
    : /^[-+]/.test(text)
      ? [text[0], text.slice(1)]
      : ["", text];
  for (const [form, prefix] of BASES) {
    const found = form.exec(digits);
    if (!found) continue;
    const size = BigInt(prefix + found[1]);
    const value = sign === "-" ? -size : size;
    if (value >= -(2n ** 63n) && value < 2n ** 63n) return { type: "int", value };
    return sign === "" && value < 2n ** 64n ? { type: "uint", value } : undefined;
  }
  return undefined;
}

const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt ])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(Z|[-+]\d\d:\d\d)?)?$/;

/** Whether Go's parser reads a text as a timestamp: as RFC 3339, without a time, or after a space without a zone. */
function isTimestamp(text: string): boolean {
  const found = DATE.exec(text);
  if (!found) return false;
  const [, year, month, day, separator, hour = "0", minute = "0", second = "0", zone] = found;
  if (separator !== undefined && (separator === " ") !== (zone === undefined)) return false;
  const [zoneHour, zoneMinute] = zone === undefined || zone === "Z" ? [0, 0] : zone.slice(1).split(":").map(Number);
  const days = new Date(Date.UTC(2000, Number(month), 0)).getUTCDate();
  const isLeap = new Date(Date.UTC(2000 + (Number(year) % 400), 2, 0)).getUTCDate() === 29;
  const last = Number(month) === 2 && !isLeap ? 28 : days;
  return (
    Number(month) >= 1 &&
    Number(month) <= 12 &&
    Number(day) >= 1 &&
    Number(day) <= last &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60 &&
    (zoneHour ?? 0) <= 24 &&
    (zoneMinute ?? 0) < 60
  );
}

const BASE64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;
/** The text in base64; each byte that is no UTF-8 is U+FFFD, as Go's JSON has it. */
function decoded(base64: string, at: number): string {
  const text = base64.replace(/[\r\n]/g, "");
  if (!BASE64.test(text)) throw new YamlFault("!!binary value contains invalid base64 data", at);
  const bytes = Buffer.from(text, "base64");
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let decodedText = "";
  for (let from = 0; from < bytes.length; ) {
    const width = [1, 2, 3, 4].find((width) => isText(strict, bytes.subarray(from, from + width)));
    decodedText += width === undefined ? "\ufffd" : strict.decode(bytes.subarray(from, from + width));
    from += width ?? 1;
  }
  return decodedText;
}

function isText(strict: InstanceType<typeof TextDecoder>, bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
