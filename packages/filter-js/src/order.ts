import { lowerCase } from "./names.ts";

/** The code unit from which UTF-16 and UTF-8 sort differently. */
const FIRST_SURROGATE = "\ud800";

/**
 * Sorts names in the order in which they are sent: by the bytes of the lower-cased name's UTF-8, then by those of the name as written. A lone surrogate
 * counts as the three bytes of its code point.
 *
 * @param names in any order, all different
 * @returns the same names, in wire order
 */
export function wireOrder(names: readonly string[]): string[] {
  const keyed = names.map((name) => ({ name, key: byteOrderKey(lowerCase(name)) }));
  keyed.sort((a, b) => compare(a.key, b.key) || compare(a.name, b.name));
  return keyed.map(({ name }) => name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A text whose UTF-16 order is the name's code point order: each code point above the first surrogate becomes three units, in order. */
function byteOrderKey(name: string): string {
  return name.replace(/[\ud800-\u{10ffff}]/gu, (character) => {
    const point = character.codePointAt(0) as number;
    return FIRST_SURROGATE + String.fromCharCode(point >>> 16, point & 0xffff);
  });
}
