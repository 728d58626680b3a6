import { Char, folded, isDigit } from "./chars";

/**
 * The address after a JSON number.
 *
 * @param at address of its `-` or first digit
 * @param end address after the text
 * @returns 0 if it is not written as RFC 8259, section 6, demands
 */
export function endOfNumber(at: usize, end: usize): usize {
  if (load<u8>(at) == Char.Minus) at++;
  const integer = at;
  at = endOfDigits(at, end);
  if (at == integer || (at - integer > 1 && load<u8>(integer) == Char.Zero)) return 0;
  if (at < end && load<u8>(at) == Char.Dot) {
    const fraction = ++at;
    at = endOfDigits(at, end);
    if (at == fraction) return 0;
  }
  if (at < end && folded(load<u8>(at)) == Char.E) {
    at++;
    if (at < end && (load<u8>(at) == Char.Plus || load<u8>(at) == Char.Minus)) at++;
    const exponent = at;
    at = endOfDigits(at, end);
    if (at == exponent) return 0;
  }
  return at;
}

function endOfDigits(at: usize, end: usize): usize {
  while (at < end && isDigit(load<u8>(at))) at++;
  return at;
}
