import { DOMException } from "./dom-exception.ts";

/** The most that `crypto.getRandomValues` fills at once. */
const LIMIT = 65_536;

type Integers = Exclude<ArrayBufferView, DataView | Float32Array | Float64Array>;

/**
 * The parts of `crypto` that give random numbers.
 *
 * @param randomWord 32 bits from the host (WASI's `random_get`)
 */
export function makeRandom(randomWord: () => number) {
  /**
   * Fills an array of integers with random bytes, and returns it.
   *
   * @throws DOMException TypeMismatchError for other arrays, QuotaExceededError for more than 65,536 bytes
   */
  function getRandomValues<T extends Integers>(array: T): T {
    if (!ArrayBuffer.isView(array) || !/^(Big)?(Ui|I)nt/.test(array.constructor.name))
      throw new DOMException("The data argument must be an integer-type TypedArray", "TypeMismatchError");
    if (array.byteLength > LIMIT) throw new DOMException(`more than ${LIMIT} bytes`, "QuotaExceededError");
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let at = 0; at < bytes.length; at += 4) {
      const word = randomWord();
      for (let byte = at; byte < Math.min(at + 4, bytes.length); byte++) bytes[byte] = word >>> (8 * (byte - at));
    }
    return array;
  }

  /** A UUID of version 4. */
  function randomUUID(): string {
    const bytes = getRandomValues(new Uint8Array(16));
    bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  return { getRandomValues, randomUUID };
}
