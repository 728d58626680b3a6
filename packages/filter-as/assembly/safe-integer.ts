import { byteAt, Char, folded, isDigit } from "./chars";
import { compareDigits, setFraction, setSmallestHalf } from "./dyadic";

/** The result of {@link safeInteger} for a number that is not a safe integer. */
export const NOT_SAFE = i64.MIN_VALUE;

const MAX_SAFE: u64 = (1 << 53) - 1;

/**
 * Returns the integer that a JSON number becomes when it is rounded to an IEEE 754 double, as in `JSON.parse`.
 *
 * The nearest double is an integer N exactly if the number lies within half a unit in the last place of N. This is
 * decided from the digits as written, however many there are.
 *
 * @param at address of the number's first byte; the number must not be followed by a digit
 * @returns {@link NOT_SAFE} if the double is not an integer, or is above 2^53 - 1
 */
export function safeInteger(at: usize): i64 {
  const isNegative = byteAt(at) == Char.Minus;
  const size = magnitude(at + <usize>isNegative);
  return isNegative && size != NOT_SAFE ? -size : size;
}

function magnitude(at: usize): i64 {
  // The number is 0.ddd * 10^power, with the first d, which is not 0, at `first`.
  let power = 0;
  let first: usize = 0;
  let inFraction = false;
  while (true) {
    const char = byteAt(at);
    if (char == Char.Dot) inFraction = true;
    else if (!isDigit(char)) break;
    else {
      if (!first && char != Char.Zero) first = at;
      if (first ? !inFraction : inFraction) power += first ? 1 : -1;
    }
    at++;
  }
  if (!first) return 0;
  power += exponent(at);
  if (power > 16) return NOT_SAFE;
  if (power < 0) {
    // Zero is the nearest double up to half the smallest one, 2^-1075 = 0.247... * 10^-323.
    if (power != -323) return power < -323 ? 0 : NOT_SAFE;
    setSmallestHalf();
    return compareDigits(first) <= 0 ? 0 : NOT_SAFE;
  }
  let integer: u64 = 0;
  for (at = first; power > 0; power--) {
    integer *= 10;
    if (byteAt(at) == Char.Dot) at++;
    if (isDigit(byteAt(at))) integer += byteAt(at++) - Char.Zero;
  }
  return nearest(integer, at);
}

/** The integer nearest to an integer and decimal places after it, if the nearest double is one. */
function nearest(integer: u64, places: usize): i64 {
  if (integer > MAX_SAFE) return NOT_SAFE;
  if (integer) {
    setFraction(53 - log2(integer), false);
    const order = compareDigits(places);
    if (order < 0 || (order == 0 && hasEvenMantissa(integer))) return integer;
  }
  const next = integer + 1;
  if (next > MAX_SAFE) return NOT_SAFE;
  // Below a power of two the doubles are twice as close as above.
  setFraction(53 - log2(next) + (next & integer ? 0 : 1), true);
  const order = compareDigits(places);
  return order > 0 || (order == 0 && hasEvenMantissa(next)) ? next : NOT_SAFE;
}

function log2(value: u64): i32 {
  return 63 - <i32>clz(value);
}

function hasEvenMantissa(value: u64): bool {
  return value < 1 << 52 || !(value & 1);
}

/** The exponent at an address, if any, limited to values that the digits in memory cannot compensate. */
function exponent(at: usize): i32 {
  const sign = byteAt(at + 1);
  if (folded(byteAt(at)) != Char.E) return 0;
  at += isDigit(sign) ? 1 : 2;
  let value = 0;
  for (; isDigit(byteAt(at)) && value < 1 << 26; at++) value = value * 10 + byteAt(at) - Char.Zero;
  return sign == Char.Minus ? -value : value;
}
