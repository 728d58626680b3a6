import { Char, folded, isDigit } from "./chars";

/** Whether a name is an RFC 9110 token (section 5.6.2). */
export function isToken(name: usize, length: i32): bool {
  for (let i = 0; i < length; i++) if (!isTokenChar(load<u8>(name + i))) return false;
  return length > 0;
}

function isTokenChar(char: i32): bool {
  if (isDigit(char) || <u32>(folded(char) - 0x61) < 26) return char < 0x80;
  switch (char) {
    case 0x21: // !
    case 0x23: // #
    case 0x24: // $
    case 0x25: // %
    case 0x26: // &
    case 0x27: // '
    case 0x2a: // *
    case 0x2b: // +
    case 0x2d: // -
    case 0x2e: // .
    case 0x5e: // ^
    case 0x5f: // _
    case 0x60: // `
    case 0x7c: // |
    case 0x7e: // ~
      return true;
    default:
      return false;
  }
}

/** Whether a name, in any case, is one that the proxy sets itself. */
export function isManaged(name: usize, length: i32): bool {
  if (length && load<u8>(name) == Char.Colon) return true;
  return (
    is(name, length, "connection") ||
    is(name, length, "keep-alive") ||
    is(name, length, "proxy-connection") ||
    is(name, length, "transfer-encoding") ||
    is(name, length, "te") ||
    is(name, length, "trailer") ||
    is(name, length, "upgrade") ||
    is(name, length, "content-length") ||
    is(name, length, "host")
  );
}

function is(name: usize, length: i32, word: string): bool {
  if (length != word.length) return false;
  for (let i = 0; i < length; i++) {
    if (folded(load<u8>(name + i)) != load<u16>(changetype<usize>(word) + (i << 1))) return false;
  }
  return true;
}

/** Whether a value has a control character other than tab. */
export function hasControl(value: usize, length: i32): bool {
  for (let i = 0; i < length; i++) {
    const char: i32 = load<u8>(value + i);
    if ((char < Char.Space && char != Char.Tab) || char == Char.Delete) return true;
  }
  return false;
}

/** Whether a value begins or ends with a space or tab. */
export function hasOuterSpace(value: usize, length: i32): bool {
  return length > 0 && (isSpace(load<u8>(value)) || isSpace(load<u8>(value + length - 1)));
}

function isSpace(char: i32): bool {
  return char == Char.Space || char == Char.Tab;
}

/** Whether WTF-8 bytes have a surrogate, which UTF-8 can't carry. */
export function hasSurrogate(value: usize, length: i32): bool {
  for (let i = 0; i + 1 < length; i++) {
    if (load<u8>(value + i) == 0xed && load<u8>(value + i + 1) >= 0xa0) return true;
  }
  return false;
}
