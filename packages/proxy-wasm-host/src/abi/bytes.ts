/** How many bytes are converted at once: engines limit the arguments of a call. */
const CHUNK = 8192;

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const ENCODER = new TextEncoder();

/** From how many bytes on text is copied by a decoder or an encoder: a loop is faster for less. */
const LONG = 32;

/** Bytes as a string of one character each. */
export function latin1(bytes: Uint8Array): string {
  if (bytes.length > LONG) {
    const text = DECODER.decode(bytes);
    // UTF-8 and Latin-1 agree on ASCII, and only there.
    if (!/[\u0080-\uffff]/.test(text)) return text;
  }
  if (bytes.length <= CHUNK) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  const chunks: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) chunks.push(latin1(bytes.subarray(at, at + CHUNK)));
  return chunks.join("");
}

/** A string of one byte per character, as bytes. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  writeLatin1(bytes, text, 0);
  return bytes;
}

/** Writes a string of one byte per character into an array. */
export function writeLatin1(into: Uint8Array, text: string, at: number): void {
  if (text.length > LONG) {
    // Only ASCII takes as many bytes in UTF-8 as it has characters.
    const { read } = ENCODER.encodeInto(text, into.subarray(at, at + text.length));
    if (read === text.length) return;
  }
  for (let index = 0; index < text.length; index++) into[at + index] = text.charCodeAt(index);
}

/** Bytes as UTF-8 text; what is not UTF-8 becomes U+FFFD. */
export const utf8 = (bytes: Uint8Array): string => DECODER.decode(bytes);

/** Text as UTF-8. */
export const utf8Bytes = (text: string): Uint8Array => ENCODER.encode(text);

/** Bytes as hexadecimal digits. */
export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Concatenates arrays. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Whether two arrays hold the same bytes. */
export const sameBytes = (left: Uint8Array, right: Uint8Array): boolean =>
  left === right || (left.length === right.length && left.every((byte, at) => byte === right[at]));
