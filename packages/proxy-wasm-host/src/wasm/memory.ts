import { latin1, utf8, writeLatin1 } from "../abi/bytes.ts";

/**
 * A module's linear memory. Every access is checked and none throws, so that a filter gets a status for a bad pointer, not a trap (proxy-wasm-cpp-host, src/v8/v8.cc, getMemory and setMemory).
 */
export class Memory {
  readonly #memory: Pick<WebAssembly.Memory, "buffer">;
  #bytes: Uint8Array;
  #view: DataView;

  /** @param memory undefined for a module without one: no address is inside of it */
  constructor(memory: Pick<WebAssembly.Memory, "buffer"> = { buffer: new ArrayBuffer(0) }) {
    this.#memory = memory;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
  }

  /** Its size in pages of 64 KiB. */
  get pages(): number {
    return this.#memory.buffer.byteLength / 65536;
  }

  /** The whole memory; valid until the module runs again, which may grow it. */
  get #all(): Uint8Array {
    // After the memory has grown, the old buffer has the length 0.
    if (this.#bytes.length === 0 || this.#memory.buffer.byteLength !== this.#bytes.length) {
      this.#bytes = new Uint8Array(this.#memory.buffer);
      this.#view = new DataView(this.#memory.buffer);
    }
    return this.#bytes;
  }

  /** Whether `size` bytes at `pointer` are inside the memory; both are read as unsigned. */
  has(pointer: number, size: number): boolean {
    return (pointer >>> 0) + (size >>> 0) <= this.#all.length;
  }

  /** A copy of bytes, or undefined if they are out of bounds. */
  bytes(pointer: number, size: number): Uint8Array | undefined {
    if (!this.has(pointer, size)) return undefined;
    return this.#bytes.slice(pointer >>> 0, (pointer >>> 0) + (size >>> 0));
  }

  /** Bytes as a string of one character each, or undefined if they are out of bounds. */
  latin1(pointer: number, size: number): string | undefined {
    if (!this.has(pointer, size)) return undefined;
    return latin1(this.#bytes.subarray(pointer >>> 0, (pointer >>> 0) + (size >>> 0)));
  }

  /** Bytes as UTF-8 text, or undefined if they are out of bounds. */
  utf8(pointer: number, size: number): string | undefined {
    if (!this.has(pointer, size)) return undefined;
    return utf8(this.#bytes.subarray(pointer >>> 0, (pointer >>> 0) + (size >>> 0)));
  }

  /** A little-endian 32-bit number, or undefined if it is out of bounds. */
  u32(pointer: number): number | undefined {
    return this.has(pointer, 4) ? this.#view.getUint32(pointer >>> 0, true) : undefined;
  }

  /** A little-endian 64-bit number, or undefined if it is out of bounds. */
  u64(pointer: number): bigint | undefined {
    return this.has(pointer, 8) ? this.#view.getBigUint64(pointer >>> 0, true) : undefined;
  }

  /** Writes bytes (a string: one byte per character); false if they would be out of bounds. */
  write(pointer: number, data: Uint8Array | string): boolean {
    if (!this.has(pointer, data.length)) return false;
    if (typeof data === "string") writeLatin1(this.#bytes, data, pointer >>> 0);
    else this.#bytes.set(data, pointer >>> 0);
    return true;
  }

  /** Writes a little-endian 32-bit number; false if it would be out of bounds. */
  writeU32(pointer: number, value: number): boolean {
    if (!this.has(pointer, 4)) return false;
    this.#view.setUint32(pointer >>> 0, value >>> 0, true);
    return true;
  }

  /** Writes a little-endian 64-bit number; false if it would be out of bounds. */
  writeU64(pointer: number, value: bigint): boolean {
    if (!this.has(pointer, 8)) return false;
    this.#view.setBigUint64(pointer >>> 0, value, true);
    return true;
  }
}
