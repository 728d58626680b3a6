import { INVALID_HEADER, TarError } from "./tar-source.ts";

const INT64 = 2n ** 63n;

/** Bytes as a string of the same length: names are compared and cut by their bytes. */
export const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");

/** The text before the first zero byte. */
export const textField = (bytes: Uint8Array): string => latin1(bytes).split("\0", 1)[0] as string;

/**
 * A number in a header: octal, padded with spaces and zero bytes, or base-256 in two's complement (archive/tar, parseNumeric).
 *
 * @throws TarError if it is neither, or does not fit into 64 bits
 */
export function numericField(bytes: Uint8Array): number {
  const [first = 0] = bytes;
  if ((first & 0x80) === 0) return octalField(bytes);
  const invert = first & 0x40 ? 0xff : 0;
  let value = 0n;
  for (const [i, byte] of bytes.entries()) {
    value = (value << 8n) | BigInt((byte ^ invert) & (i === 0 ? 0x7f : 0xff));
  }
  if (value >= INT64) throw new TarError(INVALID_HEADER);
  return Number(invert ? -value - 1n : value);
}

/** @throws TarError if the field is no octal number */
export function octalField(bytes: Uint8Array): number {
  const text = latin1(bytes)
    .replace(/^[ \0]+|[ \0]+$/g, "")
    .split("\0", 1)[0] as string;
  if (!/^[0-7]*$/.test(text)) throw new TarError(INVALID_HEADER);
  return text === "" ? 0 : Number.parseInt(text, 8);
}

/** A decimal number as Go's strconv.ParseInt reads it. @throws TarError if it is none, or does not fit into 64 bits */
export function decimal(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new TarError(INVALID_HEADER);
  const value = BigInt(text.replace(/^\+/, ""));
  if (value >= INT64 || value < -INT64) throw new TarError(INVALID_HEADER);
  return Number(value);
}
