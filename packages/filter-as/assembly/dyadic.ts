import { byteAt, Char, isDigit } from "./chars";

// A fraction below 1 as a fixed-point number of 768 bits, lowest word first: wide enough for the digits of 2^-1075
// after its 323 zeros.
const WORDS: i32 = 24;
const words = memory.data(96, 4);

function clear(): void {
  memory.fill(words, 0, 4 * WORDS);
}

/**
 * Sets the fraction to 2^-bits, or to 1 - 2^-bits.
 *
 * @param bits 1 to 54
 */
export function setFraction(bits: i32, fromAbove: bool): void {
  clear();
  const top: u64 = 1 << (64 - bits);
  store<u64>(words + 4 * (WORDS - 2), fromAbove ? -top : top);
}

/**
 * Sets the fraction to 2^-1075 * 10^323 = 5^323 / 2^752, the largest number that rounds to 0 without its leading zeros.
 */
export function setSmallestHalf(): void {
  clear();
  store<u32>(words, 1 << 16);
  for (let i = 0; i < 24; i++) multiply(1220703125); // 5^13
  multiply(48828125); // 5^11
}

/** Multiplies the fraction, and returns the integer part of the product, which the fraction loses. */
function multiply(factor: u32): u32 {
  let carry: u64 = 0;
  for (let i = 0; i < WORDS; i++) {
    carry += <u64>load<u32>(words + (i << 2)) * factor;
    store<u32>(words + (i << 2), <u32>carry);
    carry >>= 32;
  }
  return <u32>carry;
}

/**
 * Compares decimal places with the fraction, digit by digit: the next digit of the fraction is the integer part of ten
 * times the fraction. This destroys the fraction.
 *
 * @param at address of the first place; a point among the digits is skipped
 * @returns below 0, 0 or above 0
 */
export function compareDigits(at: usize): i32 {
  while (true) {
    const char = byteAt(at++);
    if (char == Char.Dot) continue;
    if (!isDigit(char)) break;
    const difference = char - Char.Zero - multiply(10);
    if (difference) return difference;
  }
  for (let i = 0; i < WORDS; i++) if (load<u32>(words + (i << 2))) return -1;
  return 0;
}
