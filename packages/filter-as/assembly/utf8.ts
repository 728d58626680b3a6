/**
 * Whether bytes are well-formed UTF-8 (Unicode 16, table 3-7): no overlong form, no surrogate, nothing above U+10FFFF.
 *
 * @param at address of the first byte
 * @param end address after the last byte
 */
export function isUtf8(at: usize, end: usize): bool {
  while (at < end) {
    const lead: i32 = load<u8>(at++);
    if (lead < 0x80) continue;
    if (lead < 0xc2 || lead > 0xf4) return false;
    let more = 1 + <i32>(lead >= 0xe0) + <i32>(lead >= 0xf0);
    if (at + more > end) return false;
    const second: i32 = load<u8>(at);
    const low: i32 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const high: i32 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return false;
    while (--more) if ((load<u8>(++at) & 0xc0) != 0x80) return false;
    at++;
  }
  return true;
}
