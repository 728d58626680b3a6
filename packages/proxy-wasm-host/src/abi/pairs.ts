import { latin1, writeLatin1 } from "./bytes.ts";

/** Headers and other lists of pairs; every string holds one byte per character (latin1), as on the wire. */
export type Pair = readonly [name: string, value: string];

/** How many pairs a serialized list can hold (proxy-wasm-cpp-host, include/proxy-wasm/limits.h). */
export const PAIRS_MAX_COUNT = 1024;
/** How many bytes a serialized list can have. */
export const PAIRS_MAX_BYTES = 1024 * 1024;

/**
 * The serialized size of pairs: a count, two sizes per pair, and each string with its terminating zero
 * (proxy-wasm/spec, abi-versions/v0.2.1, "Serialization").
 */
function pairsSize(pairs: readonly Pair[]): number {
  let size = 4;
  for (const [name, value] of pairs) size += 8 + name.length + 1 + value.length + 1;
  return size;
}

/** Serializes pairs; the result holds {@link pairsSize} bytes. */
export function encodePairs(pairs: readonly Pair[]): Uint8Array {
  const bytes = new Uint8Array(pairsSize(pairs));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, pairs.length, true);
  let at = 4;
  for (const [name, value] of pairs) {
    view.setUint32(at, name.length, true);
    view.setUint32(at + 4, value.length, true);
    at += 8;
  }
  for (const pair of pairs) {
    for (const text of pair) {
      writeLatin1(bytes, text, at);
      at += text.length + 1;
    }
  }
  return bytes;
}

/**
 * Reads serialized pairs as Envoy does: malformed or too large input has no pairs
 * (proxy-wasm-cpp-host, src/pairs_util.cc, PairsUtil::toPairs).
 *
 * @returns the pairs, or none if the bytes are malformed
 */
export function decodePairs(bytes: Uint8Array): Pair[] {
  if (bytes.length < 4 || bytes.length > PAIRS_MAX_BYTES) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = view.getUint32(0, true);
  if (count > PAIRS_MAX_COUNT || 4 + count * 8 > bytes.length) return [];
  const pairs: Pair[] = [];
  let at = 4 + count * 8;
  for (let index = 0; index < count; index++) {
    const nameEnd = at + view.getUint32(4 + index * 8, true);
    const valueEnd = nameEnd + 1 + view.getUint32(8 + index * 8, true);
    if (valueEnd + 1 > bytes.length || bytes[nameEnd] !== 0 || bytes[valueEnd] !== 0) return [];
    pairs.push([latin1(bytes.subarray(at, nameEnd)), latin1(bytes.subarray(nameEnd + 1, valueEnd))]);
    at = valueEnd + 1;
  }
  return pairs;
}
