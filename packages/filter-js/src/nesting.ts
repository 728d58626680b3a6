const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Whether JSON text is nested deeper than a limit. One scan, which does not check that it is JSON, makes a recursive parser safe.
 *
 * @param text UTF-8, in which every character with a meaning here is one byte
 * @param levels how many open `[` and `{` are allowed
 */
export function nestsDeeper(text: Uint8Array, levels: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] as number;
    if (quoted) {
      if (byte === QUOTE) quoted = false;
      else if (byte === BACKSLASH) at++;
    } else if (byte === QUOTE) {
      quoted = true;
    } else {
      // "[" and "{", like "]" and "}", differ in one bit; without it, no other byte equals them.
      const bracket = byte & 0xdf;
      if (bracket === 0x5b) {
        if (++depth > levels) return true;
      } else if (bracket === 0x5d && depth > 0) depth--;
    }
  }
  return false;
}
