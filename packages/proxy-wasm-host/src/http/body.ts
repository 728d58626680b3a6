import { concat } from "../abi/bytes.ts";
import type { ByteBuffer } from "./byte-buffer.ts";

/** A body, or a piece of it, that filters can change as in Envoy (envoyproxy/envoy, source/extensions/common/wasm/context.cc, Buffer::copyFrom). */
export class Body implements ByteBuffer {
  #chunks: Uint8Array[];
  #length: number;

  constructor(bytes?: Uint8Array) {
    this.#chunks = bytes ? [bytes] : [];
    this.#length = bytes?.length ?? 0;
  }

  get length(): number {
    return this.#length;
  }

  slice(start: number, end: number): Uint8Array {
    return this.bytes().subarray(start, end);
  }

  replace(start: number, length: number, bytes: Uint8Array): boolean {
    const added = bytes.slice();
    if (start === 0) this.#chunks = [added, this.bytes().subarray(length)];
    else if (start >= this.#length) this.#chunks.push(added);
    else return false;
    this.#length = this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    return true;
  }

  /** Adds another body's bytes at the end. */
  append(other: Body): void {
    this.#chunks.push(...other.#chunks);
    this.#length += other.#length;
  }

  /** All bytes as one array. */
  bytes(): Uint8Array {
    if (this.#chunks.length !== 1) this.#chunks = [concat(this.#chunks)];
    return this.#chunks[0] as Uint8Array;
  }
}
