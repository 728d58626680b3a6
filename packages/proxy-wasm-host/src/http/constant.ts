import type { ByteBuffer } from "./byte-buffer.ts";

/** Bytes that a module can read but not change. */
export class Constant implements ByteBuffer {
  static readonly EMPTY = new Constant(new Uint8Array());
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  slice(start: number, end: number): Uint8Array {
    return this.#bytes.subarray(start, end);
  }

  replace(): boolean {
    return false;
  }
}
