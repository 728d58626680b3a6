import { byteAt } from "./chars";

/**
 * Whether bytes are well-formed UTF-8 (Unicode, table 3-7): no overlong form, no surrogate, nothing above U+10FFFF.
 *
 * @param at address of the first byte
 * @param end address after the last byte, which must be a 0
 */
export function isUtf8(at: usize, end: usize): bool {
  while (at < end) {
    const lead = byteAt(at++);
    if (lead < 0x80) continue;
    if (lead < 0xc2 || lead > 0xf4) return false;
    const second = byteAt(at++);
    const low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return false;
    if (lead >= 0xe0 && !isContinuation(byteAt(at++))) return false;
    if (lead >= 0xf0 && !isContinuation(byteAt(at++))) return false;
  }
  return true;
}

function isContinuation(char: i32): bool {
  return (char & 0xc0) == 0x80;
}
