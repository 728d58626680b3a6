import { byteAt, Char, folded, isDigit } from "./chars";

/**
 * The address after a JSON number.
 *
 * @param at address of its `-` or first digit
 * @returns 0 if it is not valid (RFC 8259, section 6)
 */
export function endOfNumber(at: usize): usize {
  if (byteAt(at) == Char.Minus) at++;
  // A leading 0 ends the number: a digit after it is then not valid JSON.
  at = byteAt(at) == Char.Zero ? at + 1 : endOfDigits(at);
  if (at && byteAt(at) == Char.Dot) at = endOfDigits(at + 1);
  if (at && folded(byteAt(at)) == Char.E) {
    at++;
    if (byteAt(at) == Char.Plus || byteAt(at) == Char.Minus) at++;
    at = endOfDigits(at);
  }
  return at;
}

/** The address after one or more digits; 0 if there is none. */
function endOfDigits(at: usize): usize {
  if (!isDigit(byteAt(at))) return 0;
  while (isDigit(byteAt(++at)));
  return at;
}
