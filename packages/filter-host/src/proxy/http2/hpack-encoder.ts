import type { Pair } from "proxy-wasm-host";
import { STATIC_TABLE } from "./hpack-tables.ts";

const whole = new Map(STATIC_TABLE.map(([name, value], at) => [`${name}\0${value}`, at + 1]));
const names = new Map(STATIC_TABLE.map(([name], at) => [name, at + 1]).toReversed() as [string, number][]);

/**
 * Writes a header block with the static table alone, so that blocks do not depend on each other.
 *
 * @param fields each character of a text is one byte
 */
export function encodeHeaders(fields: Iterable<Pair>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of fields) {
    const index = whole.get(`${name}\0${value}`);
    if (index !== undefined) {
      parts.push(integer(index, 7, 0x80));
      continue;
    }
    const known = names.get(name);
    parts.push(integer(known ?? 0, 4, 0));
    if (known === undefined) parts.push(...text(name));
    parts.push(...text(value));
  }
  return Buffer.concat(parts);
}

const text = (value: string): Buffer[] => [integer(value.length, 7, 0), Buffer.from(value, "latin1")];

/** An integer behind the first bits of its first byte (RFC 7541, section 5.1). */
function integer(value: number, bits: number, first: number): Buffer {
  const mask = 2 ** bits - 1;
  if (value < mask) return Buffer.of(first | value);
  const bytes = [first | mask];
  let rest = value - mask;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}
