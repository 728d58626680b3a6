/** Bytes with a meaning in JSON or in a header. */
export const enum Char {
  Tab = 0x09,
  LineFeed = 0x0a,
  Return = 0x0d,
  Space = 0x20,
  Quote = 0x22,
  Plus = 0x2b,
  Comma = 0x2c,
  Minus = 0x2d,
  Dot = 0x2e,
  Slash = 0x2f,
  Zero = 0x30,
  Colon = 0x3a,
  OpenBracket = 0x5b,
  Backslash = 0x5c,
  CloseBracket = 0x5d,
  E = 0x65,
  F = 0x66,
  N = 0x6e,
  T = 0x74,
  U = 0x75,
  OpenBrace = 0x7b,
  CloseBrace = 0x7d,
  Delete = 0x7f,
}

/** The byte at an address. */
// @ts-ignore: decorator
@inline
export function byteAt(at: usize): i32 {
  return load<u8>(at);
}

// @ts-ignore: decorator
@inline
export function isDigit(char: i32): bool {
  return <u32>(char - Char.Zero) <= 9;
}

/** The lower case of a letter. Other bytes may change too, so compare the result with letters only. */
// @ts-ignore: decorator
@inline
export function folded(char: i32): i32 {
  return char | 0x20;
}

/** The lower case of an ASCII letter; any other byte unchanged. */
// @ts-ignore: decorator
@inline
export function lower(char: i32): i32 {
  return <u32>(char - 0x41) < 26 ? char | 0x20 : char;
}

/** The character at an index of ASCII text. */
// @ts-ignore: decorator
@inline
export function charAt(text: string, index: i32): i32 {
  return load<u16>(changetype<usize>(text) + (index << 1));
}

/** The index of a character in ASCII text; -1 if it is not there. */
export function indexOf(text: string, char: i32): i32 {
  let index = text.length;
  while (--index >= 0 && charAt(text, index) != char);
  return index;
}

/** The letters that stand for a control character after a backslash, and these characters in the same order. */
export const SHORT_ESCAPES = "bfnrt";
export const ESCAPED = "\b\f\n\r\t";
