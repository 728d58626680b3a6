/** Mixes the bits of a 32-bit integer, so that each of them depends on all. */
function mixed(bits: number): number {
  let mix = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  mix = Math.imul(mix ^ (mix >>> 15), 0x735a2d97);
  return (mix ^ (mix >>> 15)) >>> 0;
}

function hash(text: string, start: number): number {
  let hash = start;
  for (let at = 0; at < text.length; at++) hash = mixed(hash ^ text.charCodeAt(at)) + at;
  return mixed(hash);
}

let made = 0;

/**
 * Makes an id. `Math.random` would give the same numbers in each VM, so that ids are made of what differs: the id that the proxy has drawn
 * for the request, the time, what came, and a count.
 *
 * @param seed all that is known of the request
 * @param digits how many hexadecimal digits, a multiple of 8
 * @returns never only zeros
 */
export function makeId(seed: string, digits: number): string {
  made++;
  const words = Array.from({ length: digits / 8 }, (_, at) => hash(`${seed} ${made} ${Date.now()}`, mixed(at + 1)));
  if (!words.some((word) => word > 0)) words[0] = 1;
  return words.map((word) => word.toString(16).padStart(8, "0")).join("");
}
