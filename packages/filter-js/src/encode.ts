import type { Header } from "./host.ts";

/**
 * Encodes text as UTF-8; a lone surrogate becomes U+FFFD. Engines have different TextEncoders, or none.
 *
 * @param text any string
 */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(3 * text.length);
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    let point = text.codePointAt(index) as number;
    if (point < 0x80) {
      bytes[at++] = point;
      continue;
    }
    if (point >= 0xd800 && point < 0xe000) point = 0xfffd;
    if (point < 0x800) bytes[at++] = 0xc0 | (point >> 6);
    else {
      if (point < 0x10000) bytes[at++] = 0xe0 | (point >> 12);
      else {
        bytes[at++] = 0xf0 | (point >> 18);
        bytes[at++] = 0x80 | ((point >> 12) & 0x3f);
        index++;
      }
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
    }
    bytes[at++] = 0x80 | (point & 0x3f);
  }
  return bytes.slice(0, at);
}

/** Bytes as they are, text as UTF-8. */
export function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? encodeUtf8(value) : value;
}

/**
 * Serialises headers as the ABI has them: the count, the sizes of each name and value, then the texts, each with a zero byte after it.
 * No headers are no bytes.
 *
 * @param headers in their order
 */
export function encodePairs(headers: readonly Header[]): Uint8Array {
  if (headers.length === 0) return new Uint8Array(0);
  const texts = headers.flatMap(([name, value]) => [encodeUtf8(name), encodeUtf8(value)]);
  const size = texts.reduce((sum, text) => sum + 5 + text.length, 4);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, headers.length, true);
  let at = 4 + 4 * texts.length;
  for (const [index, text] of texts.entries()) {
    view.setUint32(4 + 4 * index, text.length, true);
    bytes.set(text, at);
    at += text.length + 1;
  }
  return bytes;
}
