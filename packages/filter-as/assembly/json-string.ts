import { Char, folded, isDigit } from "./chars";

/**
 * The address after a JSON string.
 *
 * @param at address of its opening quote
 * @param end address after the text
 * @returns 0 if it is not written as RFC 8259, section 7, demands
 */
export function endOfString(at: usize, end: usize): usize {
  while (++at < end) {
    const char: i32 = load<u8>(at);
    if (char == Char.Quote) return at + 1;
    if (char < Char.Space) return 0;
    if (char != Char.Backslash) continue;
    if (++at >= end) return 0;
    const escape: i32 = load<u8>(at);
    if (escape == Char.U) {
      if (at + 4 >= end) return 0;
      for (const last = at + 4; at < last; ) if (!isHex(load<u8>(++at))) return 0;
    } else if (!isShortEscape(escape)) return 0;
  }
  return 0;
}

function isHex(char: i32): bool {
  return isDigit(char) || <u32>(folded(char) - 0x61) < 6;
}

function isShortEscape(char: i32): bool {
  switch (char) {
    case Char.Quote:
    case Char.Backslash:
    case 0x2f:
    case Char.B:
    case Char.F:
    case Char.N:
    case Char.R:
    case Char.T:
      return true;
    default:
      return false;
  }
}

let after: usize = 0;

/** The address after the string that was decoded last. */
export function afterDecoded(): usize {
  return after;
}

/**
 * Decodes a well-formed JSON string in place: the result begins where the opening quote was, and is never longer than what it was made from.
 * A lone surrogate becomes its three bytes (WTF-8), so that equal strings have equal bytes.
 *
 * @param at address of the opening quote
 * @returns number of bytes
 */
export function decodeString(at: usize): i32 {
  let to = at;
  const start = to;
  let high: i32 = 0;
  while (true) {
    let char: i32 = load<u8>(++at);
    if (char == Char.Quote) break;
    if (char == Char.Backslash) {
      char = load<u8>(++at);
      if (char == Char.U) {
        let unit: i32 = 0;
        for (let i = 0; i < 4; i++) unit = (unit << 4) | hexValue(load<u8>(++at));
        if (high && unit >> 10 == 0xdc00 >> 10) {
          to = writeCodePoint(to - 3, 0x10000 + ((high & 0x3ff) << 10) + (unit & 0x3ff));
          high = 0;
        } else {
          to = writeCodePoint(to, unit);
          high = unit >> 10 == 0xd800 >> 10 ? unit : 0;
        }
        continue;
      }
      char = unescaped(char);
    }
    high = 0;
    store<u8>(to++, char);
  }
  after = at + 1;
  return <i32>(to - start);
}

function hexValue(char: i32): i32 {
  return (char & 15) + (isDigit(char) ? 0 : 9);
}

function unescaped(char: i32): i32 {
  switch (char) {
    case Char.B: return 0x08;
    case Char.F: return 0x0c;
    case Char.N: return Char.LineFeed;
    case Char.R: return Char.Return;
    case Char.T: return Char.Tab;
    default: return char;
  }
}

function writeCodePoint(to: usize, code: i32): usize {
  if (code < 0x80) {
    store<u8>(to, code);
    return to + 1;
  }
  if (code < 0x800) {
    store<u8>(to, 0xc0 | (code >> 6));
  } else {
    if (code < 0x10000) {
      store<u8>(to, 0xe0 | (code >> 12));
    } else {
      store<u8>(to, 0xf0 | (code >> 18));
      store<u8>(++to, 0x80 | ((code >> 12) & 0x3f));
    }
    store<u8>(++to, 0x80 | ((code >> 6) & 0x3f));
  }
  store<u8>(++to, 0x80 | (code & 0x3f));
  return to + 1;
}
