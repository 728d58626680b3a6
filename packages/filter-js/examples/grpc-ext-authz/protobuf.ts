import { encodeUtf8 } from "@wasm-header-filter/filter-js/guest";

/** The wire types that this reads and writes: https://protobuf.dev/programming-guides/encoding/. */
const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5];

/** A field of a message that is written: text, bytes, a message of further fields, or an integer of at most 32 bits. */
export type Field = readonly [number: number, value: string | Uint8Array | number | readonly Field[]];

/** Serialises a message. Fields with an empty text or 0 are left out, as they are the defaults. */
export function encode(fields: readonly Field[]): Uint8Array {
  const bytes: number[] = [];
  for (const [number, value] of fields) {
    if (value === "" || value === 0) continue;
    if (typeof value === "number") {
      bytes.push(...varint((number << 3) | VARINT), ...varint(value));
      continue;
    }
    const content = typeof value === "string" ? encodeUtf8(value) : value instanceof Uint8Array ? value : encode(value);
    bytes.push(...varint((number << 3) | BYTES), ...varint(content.length));
    for (const byte of content) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

/** The fields of a message that was read: for each number its values in order, integers as their lowest 32 bits. */
export type Message = ReadonlyMap<number, readonly (number | Uint8Array)[]>;

/**
 * Reads a message.
 *
 * @throws Error if it ends within a field, or has a field of another kind
 */
export function decode(bytes: Uint8Array): Message {
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      if (shift < 32) value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
    throw new Error("not a protobuf message");
  };
  const take = (size: number): Uint8Array => {
    if (size > bytes.length - at) throw new Error("not a protobuf message");
    at += size;
    return bytes.subarray(at - size, at);
  };
  while (at < bytes.length) {
    const tag = next();
    const [number, type] = [tag >>> 3, tag & 7];
    const sizes: Partial<Record<number, () => number>> = { [FIXED64]: () => 8, [FIXED32]: () => 4, [BYTES]: next };
    const size = sizes[type];
    if (!size && type !== VARINT) throw new Error("not a protobuf message");
    const value = size ? take(size()) : next();
    fields.set(number, [...(fields.get(number) ?? []), value]);
  }
  return fields;
}
