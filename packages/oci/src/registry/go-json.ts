import { endOfValue, folded } from "../reading/json.ts";

/**
 * Turns a JSON value into one of a type, as Go's encoding/json decodes into variables of that type: `null` leaves what was there, a value
 * of another type is an error.
 *
 * @param before what an earlier key gave
 * @param at where it is, for the error's text
 * @throws TypeError for a value of another type; its text does not show the value
 */
export type Decoder<T> = (value: unknown, before: T | undefined, at: string) => T;

/** A string; half a surrogate pair becomes U+FFFD. */
export const text: Decoder<string> = (value, before = "", at) => {
  if (value === null) return before;
  if (typeof value === "string") return value.toWellFormed();
  throw new TypeError(`${at}: expected a string`);
};

/** A whole number. */
export const integer: Decoder<number> = (value, before = 0, at) => {
  if (value === null) return before;
  if (Number.isInteger(value)) return value as number;
  throw new TypeError(`${at}: expected a whole number`);
};

/** A list. */
export const listOf =
  <T>(item: Decoder<T>): Decoder<readonly T[]> =>
  (value, before = [], at) => {
    if (value === null) return before;
    if (Array.isArray(value)) return value.map((one, index) => item(one, undefined, `${at}[${index}]`));
    throw new TypeError(`${at}: expected a list`);
  };

/** An object with any keys; those of an earlier one are kept. */
export const mapOf =
  <T>(item: Decoder<T>): Decoder<ReadonlyMap<string, T>> =>
  (value, before, at) => {
    if (value === null) return before ?? new Map();
    const entries = entriesOf(value, at).map(([key, one]): [string, T] => [key, item(one, undefined, `${at} ${key}`)]);
    return new Map([...(before ?? []), ...entries]);
  };

/** An object with known keys, which are found in upper and lower case; others are passed over. */
export const struct =
  <T extends object>(fields: { readonly [K in keyof T]: Decoder<T[K]> }): Decoder<Partial<T>> =>
  (value, before = {}, at) => {
    if (value === null) return before;
    const names = Object.keys(fields) as (keyof T & string)[];
    const read: Partial<T> = { ...before };
    for (const [key, one] of entriesOf(value, at)) {
      const name = names.find((name) => name === key) ?? names.find((name) => folded(name) === folded(key));
      if (name !== undefined) read[name] = fields[name](one, read[name], at ? `${at} ${name}` : name);
    }
    return read;
  };

/**
 * The first JSON value of a text; what follows it is not read (encoding/json, Decoder.Decode).
 *
 * @returns undefined for a text of nothing but white space
 * @throws SyntaxError if it is not JSON; its text may quote the value
 */
export function firstValue(json: string): unknown {
  const start = json.search(/[^ \t\r\n]/);
  if (start < 0) return undefined;
  const value = json.slice(start);
  if (value.startsWith("null")) return null;
  return JSON.parse(value.slice(0, endOfValue(value)));
}

function entriesOf(value: unknown, at: string): [string, unknown][] {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return Object.entries(value).map(([key, one]) => [key.toWellFormed(), one]);
  throw new TypeError(`${at || "the whole"}: expected an object`);
}
