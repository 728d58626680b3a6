import { byteAt, Char } from "./chars";

/** Levels of `[` and `{` that a configuration may have. */
const LIMIT = 32;

/**
 * Whether brackets outside strings nest deeper than the limit. This does not parse, so that no text can exhaust the
 * stack.
 *
 * @param at address of the first byte
 * @param end address after the last byte
 */
export function isTooDeep(at: usize, end: usize): bool {
  let depth = 0;
  let inString = false;
  for (; at < end; at++) {
    const char = byteAt(at);
    if (char == Char.Quote) inString = !inString;
    else if (inString) at += <usize>(char == Char.Backslash);
    else if (char == Char.OpenBracket || char == Char.OpenBrace) {
      if (++depth > LIMIT) return true;
    } else if (char == Char.CloseBracket || char == Char.CloseBrace) depth -= <i32>(depth > 0);
  }
  return false;
}
