import { Writer } from "proxy-wasm-as";
import { Char } from "./chars";

/**
 * Writes text as ECMAScript's `JSON.stringify` prints a string (ECMA-262, QuoteJSONString): quotes, backslashes, control characters and lone
 * surrogates escaped, all else as it is.
 *
 * @param to where to write
 * @param at address of the text as WTF-8
 * @param length its number of bytes
 */
export function appendQuoted(to: Writer, at: usize, length: i32): void {
  to.byte(Char.Quote);
  for (const end = at + length; at < end; at++) {
    const char: i32 = load<u8>(at);
    if (char == 0xed && load<u8>(at + 1) >= 0xa0) {
      appendUnit(to, 0xd000 | ((load<u8>(at + 1) & 0x3f) << 6) | (load<u8>(at + 2) & 0x3f));
      at += 2;
    } else if (char == Char.Quote || char == Char.Backslash) to.byte(Char.Backslash).byte(char);
    else if (char >= Char.Space) to.byte(char);
    else if (shortEscape(char)) to.byte(Char.Backslash).byte(shortEscape(char));
    else appendUnit(to, char);
  }
  to.byte(Char.Quote);
}

function shortEscape(char: i32): i32 {
  switch (char) {
    case 0x08: return Char.B;
    case Char.Tab: return Char.T;
    case Char.LineFeed: return Char.N;
    case 0x0c: return Char.F;
    case Char.Return: return Char.R;
    default: return 0;
  }
}

function appendUnit(to: Writer, unit: i32): void {
  to.byte(Char.Backslash).byte(Char.U);
  for (let shift = 12; shift >= 0; shift -= 4) {
    const digit = (unit >> shift) & 15;
    to.byte(digit + (digit < 10 ? Char.Zero : 0x57));
  }
}
