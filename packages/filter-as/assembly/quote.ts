import { Writer } from "proxy-wasm-as";
import { byteAt, Char, charAt, ESCAPED, indexOf, SHORT_ESCAPES } from "./chars";

/**
 * Writes text as ECMAScript's `JSON.stringify` prints a string (ECMA-262, QuoteJSONString): quotes, backslashes,
 * control characters and lone surrogates escaped, all else unchanged.
 *
 * @param to where to write
 * @param at address of the text as WTF-8
 * @param length its number of bytes
 */
export function appendQuoted(to: Writer, at: usize, length: i32): void {
  to.byte(Char.Quote);
  for (const end = at + length; at < end; at++) {
    const char = byteAt(at);
    if (char == 0xed && byteAt(at + 1) >= 0xa0) {
      appendUnit(to, 0xd000 | ((byteAt(at + 1) & 0x3f) << 6) | (byteAt(at + 2) & 0x3f));
      at += 2;
      continue;
    }
    const short = indexOf(ESCAPED, char);
    if (short >= 0) to.byte(Char.Backslash).byte(charAt(SHORT_ESCAPES, short));
    else if (char < Char.Space) appendUnit(to, char);
    else {
      if (char == Char.Quote || char == Char.Backslash) to.byte(Char.Backslash);
      to.byte(char);
    }
  }
  to.byte(Char.Quote);
}

function appendUnit(to: Writer, unit: i32): void {
  to.byte(Char.Backslash).byte(Char.U);
  for (let shift = 12; shift >= 0; shift -= 4) {
    const digit = (unit >> shift) & 15;
    to.byte(digit + (digit < 10 ? Char.Zero : 0x57));
  }
}
