import type { Pair } from "proxy-wasm-host";
import { END_OF_STRING, HUFFMAN, type HuffmanNode, STATIC_TABLE } from "./hpack-tables.ts";

/** The overhead of an entry of the dynamic table in bytes (RFC 7541, section 4.1). */
const OVERHEAD = 32;

/** The largest size of the dynamic table in bytes: the default of `SETTINGS_HEADER_TABLE_SIZE`, which Envoy uses. */
const TABLE_SIZE = 4096;

/** The largest string of a header in bytes, as in nghttp2. */
const MAX_STRING = 65_536;

/** The most bits of padding. */
const MAX_PADDING = 7;

/** Header blocks that do not follow RFC 7541. */
export class CompressionError extends Error {
  override name = "CompressionError";
}

/** More bytes are needed: so many in all. */
class Truncated extends CompressionError {
  readonly needed: number;

  constructor(needed: number) {
    super("the block ends too early");
    this.needed = needed;
  }
}

/** Reads the header blocks of one direction of a connection. */
export class HpackDecoder {
  /** The newest entry first. */
  readonly #table: Pair[] = [];
  #size = 0;
  #limit = TABLE_SIZE;
  /** The bytes of a header that has not come whole. */
  #rest: Uint8Array[] = [];
  #waiting = 0;
  #needed = 0;
  /** Whether the block has had a header, so that the table keeps its size. */
  #begun = false;

  /**
   * Reads a fragment of a header block; the values' bytes are the characters of the text.
   *
   * @param last whether the block ends
   * @param field called with each header
   * @throws CompressionError if the block is invalid; the connection cannot go on then
   */
  read(fragment: Uint8Array, last: boolean, field: (name: string, value: string) => void): void {
    this.#rest.push(fragment);
    this.#waiting += fragment.length;
    if (!last && this.#waiting < this.#needed) return;
    const input = new Input(this.#rest.length === 1 ? fragment : Buffer.concat(this.#rest));
    let done = 0;
    try {
      while (!input.done) {
        this.#next(input, field);
        done = input.at;
      }
      this.#needed = 0;
    } catch (error) {
      if (last || !(error instanceof Truncated)) throw error;
      this.#needed = error.needed - done;
    }
    this.#rest = this.#needed > 0 ? [input.from(done)] : [];
    this.#waiting -= done;
    if (last) this.#begun = false;
  }

  #next(input: Input, field: (name: string, value: string) => void): void {
    const first = input.peek();
    if ((first & 0xe0) === 0x20) {
      if (this.#begun) throw new CompressionError("a table's size within a block");
      this.#resize(input.integer(5));
      return;
    }
    this.#begun = true;
    if (first & 0x80) {
      const [name, value] = this.#entry(input.integer(7));
      field(name, value);
      return;
    }
    const kept = (first & 0x40) !== 0;
    const index = input.integer(kept ? 6 : 4);
    const name = index === 0 ? input.string() : this.#entry(index)[0];
    const value = input.string();
    if (kept) this.#add(name, value);
    field(name, value);
  }

  #entry(index: number): Pair {
    const found = index <= STATIC_TABLE.length ? STATIC_TABLE[index - 1] : this.#table[index - STATIC_TABLE.length - 1];
    if (!found) throw new CompressionError(`no entry ${index}`);
    return found;
  }

  #resize(limit: number): void {
    if (limit > TABLE_SIZE) throw new CompressionError(`a table of ${limit} bytes`);
    this.#limit = limit;
    this.#evict();
  }

  #add(name: string, value: string): void {
    this.#table.unshift([name, value]);
    this.#size += name.length + value.length + OVERHEAD;
    this.#evict();
  }

  #evict(): void {
    while (this.#size > this.#limit) {
      const [name, value] = this.#table.pop() as Pair;
      this.#size -= name.length + value.length + OVERHEAD;
    }
  }
}

/** The bytes of a header block. */
class Input {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** How many bytes are read. */
  get at(): number {
    return this.#at;
  }

  /** The bytes from a place on. */
  from(at: number): Uint8Array {
    return this.#bytes.subarray(at);
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  peek(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new Truncated(this.#at + 1);
    return byte;
  }

  /** An integer whose first bits are those of its first byte (RFC 7541, section 5.1). */
  integer(bits: number): number {
    const mask = 2 ** bits - 1;
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new CompressionError("an integer is too large");
  }

  /** A string, which may be Huffman-coded (RFC 7541, section 5.2). */
  string(): string {
    const huffman = (this.peek() & 0x80) !== 0;
    const length = this.integer(7);
    const end = this.#at + length;
    if (length > MAX_STRING) throw new CompressionError(`a string of ${length} bytes`);
    if (end > this.#bytes.length) throw new Truncated(end);
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return huffman ? huffmanText(bytes) : Buffer.from(bytes).toString("latin1");
  }

  #byte(): number {
    const byte = this.peek();
    this.#at++;
    return byte;
  }
}

function huffmanText(bytes: Uint8Array): string {
  const symbols: number[] = [];
  let node = HUFFMAN;
  let [depth, ones] = [0, true];
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      const side = (byte >>> bit) & 1;
      const next = node[side] as HuffmanNode | number;
      depth++;
      ones &&= side === 1;
      if (typeof next !== "number") {
        node = next;
        continue;
      }
      if (next === END_OF_STRING) throw new CompressionError("the end of a string within it");
      symbols.push(next);
      node = HUFFMAN;
      [depth, ones] = [0, true];
    }
  }
  if (depth > MAX_PADDING || !ones) throw new CompressionError("the padding of a string is not one");
  return Buffer.from(symbols).toString("latin1");
}
