/** Few enough arguments for `String.fromCharCode` on a small stack. */
const CHUNK = 1024;

/**
 * Decodes UTF-8 strictly, as the Unicode standard defines it: no overlong forms, no surrogates, nothing above U+10FFFF, no incomplete sequence.
 * A byte order mark is an ordinary character. Engines have different TextDecoders, or none.
 *
 * @param bytes the whole text
 * @returns the text, or undefined if the bytes are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  const chunks: string[] = [];
  let units: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at++] as number;
    if (lead < 0x80) {
      units.push(lead);
    } else {
      const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
      if (lead < 0xc2 || lead > 0xf4 || at + more > bytes.length) return undefined;
      let point = lead & (0x3f >> more);
      for (let i = 0; i < more; i++) {
        const next = bytes[at++] as number;
        if ((next & 0xc0) !== 0x80) return undefined;
        point = (point << 6) | (next & 0x3f);
      }
      if (more === 1) units.push(point);
      else if (more === 2) {
        if (point < 0x800 || (point >= 0xd800 && point < 0xe000)) return undefined;
        units.push(point);
      } else {
        if (point < 0x10000 || point > 0x10ffff) return undefined;
        units.push(0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff));
      }
    }
    if (units.length >= CHUNK) {
      chunks.push(String.fromCharCode(...units));
      units = [];
    }
  }
  chunks.push(String.fromCharCode(...units));
  return chunks.join("");
}
