import { Writer } from "proxy-wasm-as";
import { Char, isDigit } from "./chars";
import { endOfNumber } from "./json-number";
import { endOfString } from "./json-string";
import { addMember } from "./members";

let end: usize = 0;

/** The byte at an address; 0, which JSON never allows, where the text has ended. */
// @ts-ignore: decorator
@inline
function peek(at: usize): i32 {
  return at < end ? load<u8>(at) : 0;
}

/**
 * Reads one JSON text (RFC 8259) as strictly as ECMAScript's `JSON.parse`, and notes where the top-level object's members are.
 * Brackets must be known to nest no deeper than the stack allows.
 *
 * @param at address of the first byte
 * @param textEnd address after the last byte
 * @param members takes the members, if the text is an object
 * @returns the address of the value; 0 if the text is not JSON
 */
export function readJson(at: usize, textEnd: usize, members: Writer): usize {
  end = textEnd;
  const value = afterSpace(at);
  const rest = endOfValue(value, members);
  return rest && afterSpace(rest) == end ? value : 0;
}

/** The first byte that is no JSON whitespace. */
export function afterSpace(at: usize): usize {
  while (true) {
    const char = peek(at);
    if (char != Char.Space && char != Char.LineFeed && char != Char.Return && char != Char.Tab) return at;
    at++;
  }
}

/** The address after a value; 0 if there is none. */
function endOfValue(at: usize, members: Writer | null): usize {
  const char = peek(at);
  if (char == Char.Quote) return endOfString(at, end);
  if (char == Char.OpenBrace || char == Char.OpenBracket) return endOfList(at, char, members);
  if (char == Char.Minus || isDigit(char)) return endOfNumber(at, end);
  if (char == Char.T) return endOfWord(at, "true");
  if (char == Char.F) return endOfWord(at, "false");
  return endOfWord(at, "null");
}

/** The address after an object or array. */
function endOfList(at: usize, open: i32, members: Writer | null): usize {
  const isObject = open == Char.OpenBrace;
  const close = open + 2;
  at = afterSpace(at + 1);
  if (peek(at) == close) return at + 1;
  while (true) {
    if (isObject) {
      const name = at;
      if (peek(at) != Char.Quote || !(at = endOfString(at, end))) return 0;
      at = afterSpace(at);
      if (peek(at) != Char.Colon) return 0;
      at = afterSpace(at + 1);
      if (members) addMember(members, name, at);
    }
    if (!(at = endOfValue(at, null))) return 0;
    at = afterSpace(at);
    const char = peek(at);
    if (char == close) return at + 1;
    if (char != Char.Comma) return 0;
    at = afterSpace(at + 1);
  }
}

function endOfWord(at: usize, word: string): usize {
  for (let i = 0; i < word.length; i++, at++) {
    if (peek(at) != load<u16>(changetype<usize>(word) + (i << 1))) return 0;
  }
  return at;
}
