/**
 * Makes a random id.
 *
 * @param digits how many hexadecimal digits, an even number
 * @returns never only zeros
 */
export function makeId(digits: number): string {
  const bytes = new Uint8Array(digits / 2);
  do crypto.getRandomValues(bytes);
  while (bytes.every((byte) => byte === 0));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
