import { crc32 } from "node:zlib";
import { inflate } from "./inflate.ts";

/** What gzip decompressed to. */
export interface Gunzipped {
  /** Everything up to the end, the error or the limit. */
  readonly bytes: Uint8Array;
  /** As Go words it; absent if all of it was read, or the limit reached. */
  readonly error?: string;
  /** Whether the error is that the first header is not one of gzip. */
  readonly notGzip?: boolean;
}

/** Flags of a member's header (RFC 1952, section 2.3.1). */
const HEADER_CRC = 2;
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;

/** The longest name or comment that Go reads, with the zero behind it, in bytes. */
const STRING_LIMIT = 512;

const INVALID = "gzip: invalid header";
const CUT = "unexpected EOF";

/**
 * Decompresses gzip as Go's compress/gzip does: all members, one after the other. What comes before an error (a broken stream, a wrong
 * checksum, bytes after the last member that are not gzip) is returned with it, since a reader that stops earlier does not see the error.
 *
 * @param input the compressed bytes
 * @param limit the number of decompressed bytes to stop at
 */
export function gunzip(input: Uint8Array, limit: number): Gunzipped {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let at = 0; size < limit; ) {
    const header = headerEnd(input, at);
    if (typeof header === "string") {
      const first = at === 0;
      // Go reads no member after the end, which is where the last one should end.
      if (!first && at === input.length) break;
      return { bytes: joined(parts), error: header, ...(first && { notGzip: true }) };
    }
    const { bytes, end, error } = inflate(input, header, limit - size);
    parts.push(bytes);
    size += bytes.length;
    if (error) return { bytes: joined(parts), error };
    if (size >= limit) break;
    if (end + 8 > input.length) return { bytes: joined(parts), error: CUT };
    const trailer = new DataView(input.buffer, input.byteOffset + end, 8);
    if (trailer.getUint32(0, true) !== crc32(bytes) || trailer.getUint32(4, true) !== bytes.length) {
      return { bytes: joined(parts), error: "gzip: invalid checksum" };
    }
    at = end + 8;
  }
  return { bytes: joined(parts) };
}

/** @returns the offset after a member's header, or why it is refused */
function headerEnd(input: Uint8Array, start: number): number | string {
  if (start + 10 > input.length) return start === input.length ? "EOF" : CUT;
  if (input[start] !== 0x1f || input[start + 1] !== 0x8b || input[start + 2] !== 8) return INVALID;
  const flags = input[start + 3] as number;
  let at = start + 10;
  if (flags & EXTRA) {
    if (at + 2 > input.length) return CUT;
    at += 2 + (input[at] as number) + ((input[at + 1] as number) << 8);
    if (at > input.length) return CUT;
  }
  for (const flag of [NAME, COMMENT]) {
    if (!(flags & flag)) continue;
    const zero = input.indexOf(0, at);
    const end = zero === -1 ? input.length : zero;
    if (end - at >= STRING_LIMIT) return INVALID;
    if (zero === -1) return CUT;
    at = zero + 1;
  }
  if (flags & HEADER_CRC) {
    if (at + 2 > input.length) return CUT;
    const stored = (input[at] as number) + ((input[at + 1] as number) << 8);
    if (stored !== (crc32(input.subarray(start, at)) & 0xffff)) return INVALID;
    at += 2;
  }
  return at;
}

const joined = (parts: readonly Uint8Array[]): Uint8Array =>
  parts.length === 1 ? (parts[0] as Uint8Array) : new Uint8Array(Buffer.concat(parts));
