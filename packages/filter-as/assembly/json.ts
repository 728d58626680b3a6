import { Writer } from "proxy-wasm-as";
import { byteAt, Char, isDigit } from "./chars";
import { endOfNumber } from "./json-number";
import { readString } from "./json-string";
import { addMember } from "./members";

/**
 * Reads one JSON text (RFC 8259) as strictly as ECMAScript's `JSON.parse`, decodes its strings in place (see {@link
 * readString}) and records the members of the top-level object. The caller must have checked that brackets do
 * not nest deeper than the stack allows.
 *
 * @param at address of the first byte
 * @param end address after the last byte; there must be a 0, which ends the text, and some readable bytes after it
 * @param members receives the members, if the text is an object
 * @returns the address of the value; 0 if the text is not JSON
 */
export function readJson(at: usize, end: usize, members: Writer): usize {
  const value = afterSpace(at);
  const rest = readValue(value, members);
  return rest && afterSpace(rest) == end ? value : 0;
}

/** The first byte that is not JSON whitespace. */
export function afterSpace(at: usize): usize {
  while (true) {
    const char = byteAt(at);
    if (char != Char.Space && char != Char.LineFeed && char != Char.Return && char != Char.Tab) return at;
    at++;
  }
}

/** The address after a value; 0 if there is none. */
function readValue(at: usize, members: Writer | null): usize {
  const char = byteAt(at);
  if (char == Char.Quote) return readString(at);
  if (char == Char.OpenBrace || char == Char.OpenBracket) return readList(at, char, members);
  if (char == Char.Minus || isDigit(char)) return endOfNumber(at);
  if (char == Char.T) return endOfWord(at, 0x65757274); // true
  if (char == Char.F) return endOfWord(at + 1, 0x65736c61); // alse
  return endOfWord(at, 0x6c6c756e); // null
}

/** The address after an object or array. */
function readList(at: usize, open: i32, members: Writer | null): usize {
  const close = open + 2;
  at = afterSpace(at + 1);
  if (byteAt(at) == close) return at + 1;
  while (true) {
    if (open == Char.OpenBrace) {
      const name = at;
      if (byteAt(at) != Char.Quote || !(at = readString(at))) return 0;
      at = afterSpace(at);
      if (byteAt(at) != Char.Colon) return 0;
      at = afterSpace(at + 1);
      if (members) addMember(members, name + 1, at);
    }
    if (!(at = readValue(at, null))) return 0;
    at = afterSpace(at);
    const char = byteAt(at);
    if (char == close) return at + 1;
    if (char != Char.Comma) return 0;
    at = afterSpace(at + 1);
  }
}

/** The address after four given bytes, the lowest first. */
function endOfWord(at: usize, word: u32): usize {
  return load<u32>(at) == word ? at + 4 : 0;
}
