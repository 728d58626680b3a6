import { storeCodePoint } from "proxy-wasm-as";
import { byteAt, Char, charAt, ESCAPED, folded, indexOf, isDigit, SHORT_ESCAPES } from "./chars";

/** Fills the space between the end of a decoded string and its closing quote: a byte that does not occur in UTF-8. */
export const END: u8 = 0xff;

/**
 * Reads a JSON string and decodes it in place: its bytes begin after the opening quote and end before {@link END}. They
 * are never longer than the source text. A lone surrogate becomes its three bytes (WTF-8), so that equal
 * strings have equal bytes.
 *
 * @param at address of its opening quote
 * @returns the address after its closing quote; 0 if it is not valid (RFC 8259, section 7)
 */
export function readString(at: usize): usize {
  let to = ++at;
  let high = 0;
  while (true) {
    let char = byteAt(at++);
    if (char == Char.Quote) break;
    if (char < Char.Space) return 0;
    let unit = 0;
    if (char == Char.Backslash) {
      char = byteAt(at++);
      if (char == Char.U) {
        for (const last = at + 4; at < last; at++) {
          const digit = hexDigit(byteAt(at));
          if (digit < 0) return 0;
          unit = (unit << 4) | digit;
        }
        if (high && unit >> 10 == 0xdc00 >> 10) {
          to -= 3;
          unit = 0x10000 + ((high & 0x3ff) << 10) + (unit & 0x3ff);
        }
        to = storeCodePoint(to, unit);
      } else {
        char = unescaped(char);
        if (char < 0) return 0;
        store<u8>(to++, char);
      }
    } else store<u8>(to++, char);
    high = unit >> 10 == 0xd800 >> 10 ? unit : 0;
  }
  memory.fill(to, END, at - to);
  return at;
}

/** The value of a hexadecimal digit; -1 for any other character. */
function hexDigit(char: i32): i32 {
  if (isDigit(char)) return char - Char.Zero;
  const letter = folded(char) - 0x61;
  return <u32>letter < 6 ? letter + 10 : -1;
}

/** The meaning of a character after a backslash; -1 if JSON does not allow it. */
function unescaped(char: i32): i32 {
  if (char == Char.Quote || char == Char.Backslash || char == Char.Slash) return char;
  const index = indexOf(SHORT_ESCAPES, char);
  return index < 0 ? index : charAt(ESCAPED, index);
}

/**
 * Number of bytes of a decoded string.
 *
 * @param at address of its first byte
 */
export function decodedLength(at: usize): i32 {
  let end = at;
  while (byteAt(end) != END) end++;
  return <i32>(end - at);
}
