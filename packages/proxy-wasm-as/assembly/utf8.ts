/** Number of bytes of a code point in UTF-8. */
function sizeOf(code: i32): i32 {
  return 1 + <i32>(code >= 0x80) + <i32>(code >= 0x800) + <i32>(code >= 0x10000);
}

/**
 * Stores a code point as UTF-8.
 *
 * @param to address of the first byte
 * @param code 0 to 0x10ffff; a surrogate is stored as its three bytes (WTF-8)
 * @returns the address after the last byte
 */
export function storeCodePoint(to: usize, code: i32): usize {
  const end = to + sizeOf(code);
  let at = end;
  while (--at > to) {
    store<u8>(at, 0x80 | (code & 0x3f));
    code >>= 6;
  }
  // A lead byte begins with as many ones as the sequence has bytes, except in a sequence of one byte.
  store<u8>(at, end == to + 1 ? code : (0xff00 >> <i32>(end - to)) | code);
  return end;
}

/** Number of bytes of text in UTF-8, a lone surrogate counting three. */
export function utf8Length(text: string): i32 {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i);
    length += sizeOf(code);
    i += <i32>(code >= 0x10000);
  }
  return length;
}

/** Stores text as UTF-8, in {@link utf8Length} bytes. */
export function storeText(to: usize, text: string): void {
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i);
    to = storeCodePoint(to, code);
    i += <i32>(code >= 0x10000);
  }
}

/** Stores text that is known to be ASCII, a byte for each character. */
export function storeAscii(to: usize, text: string): void {
  for (let i = 0; i < text.length; i++) store<u8>(to + i, load<u16>(changetype<usize>(text) + (i << 1)));
}
