import { give } from "./memory";
import { realloc } from "./guest";

/** U+FFFD, little-endian. */
const REPLACEMENT: u32 = 0xbdbfef;

/** The length of the sequence at an address; if it is not well-formed, minus the length that one U+FFFD replaces (Unicode 3.9, maximal subpart). */
function sequence(at: usize, end: usize): i32 {
  const lead = load<u8>(at);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return -1;
  const more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  let low: u8 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  let high: u8 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  for (let i = 1; i <= more; i++) {
    if (at + i >= end) return -i;
    const byte = load<u8>(at + i);
    if (byte < low || byte > high) return -i;
    low = 0x80;
    high = 0xbf;
  }
  return more + 1;
}

/** Passes a text to the component: address and size at `slot`. The canonical ABI accepts only UTF-8, so other bytes are replaced. */
export function giveText(slot: usize, text: usize, size: usize): void {
  const end = text + size;
  let scrubbed: usize = 0;
  let bad = false;
  for (let at = text; at < end; ) {
    const length = sequence(at, end);
    if (length < 0) bad = true;
    scrubbed += <usize>(length > 0 ? length : 3);
    at += abs(length);
  }
  store<usize>(slot, bad ? replace(text, end, scrubbed) : give(text, size));
  store<usize>(slot, scrubbed, 4);
}

function replace(text: usize, end: usize, size: usize): usize {
  const replaced = realloc(0, 0, 1, size);
  let to = replaced;
  for (let at = text; at < end; ) {
    const length = sequence(at, end);
    if (length > 0) {
      memory.copy(to, at, length);
      to += length;
    } else {
      store<u16>(to, <u16>REPLACEMENT);
      store<u8>(to, <u8>(REPLACEMENT >> 16), 2);
      to += 3;
    }
    at += abs(length);
  }
  return replaced;
}
