/** Headers and other lists of pairs; every string holds one byte per character (latin1), as on the wire. */
export type Pair = readonly [name: string, value: string];

/** Limits of the serialized form (proxy-wasm-cpp-host, include/proxy-wasm/limits.h). */
export const PAIRS_MAX_COUNT = 1024;
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
export function encodePairs(pairs: readonly Pair[]): Buffer {
  const bytes = Buffer.allocUnsafe(pairsSize(pairs));
  let at = bytes.writeUInt32LE(pairs.length);
  for (const [name, value] of pairs) {
    at = bytes.writeUInt32LE(name.length, at);
    at = bytes.writeUInt32LE(value.length, at);
  }
  for (const pair of pairs) {
    for (const text of pair) {
      at += bytes.write(text, at, "latin1");
      bytes[at++] = 0;
    }
  }
  return bytes;
}

/**
 * Reads serialized pairs as Envoy does: whatever does not fit its limits or its own size is no pair at all
 * (proxy-wasm-cpp-host, src/pairs_util.cc, PairsUtil::toPairs).
 *
 * @returns the pairs, or none if the bytes are malformed
 */
export function decodePairs(bytes: Buffer): Pair[] {
  if (bytes.length < 4 || bytes.length > PAIRS_MAX_BYTES) return [];
  const count = bytes.readUInt32LE(0);
  if (count > PAIRS_MAX_COUNT || 4 + count * 8 > bytes.length) return [];
  const pairs: Pair[] = [];
  let at = 4 + count * 8;
  for (let index = 0; index < count; index++) {
    const nameEnd = at + bytes.readUInt32LE(4 + index * 8);
    const valueEnd = nameEnd + 1 + bytes.readUInt32LE(8 + index * 8);
    if (valueEnd + 1 > bytes.length || bytes[nameEnd] !== 0 || bytes[valueEnd] !== 0) return [];
    pairs.push([bytes.toString("latin1", at, nameEnd), bytes.toString("latin1", nameEnd + 1, valueEnd)]);
    at = valueEnd + 1;
  }
  return pairs;
}
