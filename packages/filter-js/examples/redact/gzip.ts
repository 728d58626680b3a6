import { gunzipSync, gzipSync } from "fflate";

/** The bytes of a member's header and trailer at least. */
const SMALLEST = 18;

/**
 * Inflates a body with `content-encoding: gzip`.
 *
 * @param limit the most bytes that it may become
 * @returns undefined if it is no gzip of one member, or becomes larger
 */
export function inflated(bytes: Uint8Array, limit: number): Uint8Array | undefined {
  if (bytes.length < SMALLEST) return undefined;
  // The last field is the size, so that what would become too large is not inflated. A wrong one is found by comparison.
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
  if (size > limit) return undefined;
  try {
    const out = gunzipSync(bytes, { out: new Uint8Array(size + 1) });
    return out.length === size ? out : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a body with `content-encoding: gzip`, as fast as an interpreter can. */
export const deflated = (bytes: Uint8Array): Uint8Array => gzipSync(bytes, { level: 1, mtime: 0 });
