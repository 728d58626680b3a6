/** What a DEFLATE stream decompressed to. */
export interface Inflated {
  /** Everything up to the end, the error or the limit. */
  readonly bytes: Uint8Array;
  /** The offset after the stream; only right if there is no error. */
  readonly end: number;
  /** As Go's compress/flate words it; absent if the stream is complete or the limit was reached. */
  readonly error?: string;
}

interface Table {
  readonly bits: number;
  /** By the next bits of the input: the symbol times 16, plus the length of its code; 0 for no symbol. */
  readonly entries: Uint16Array;
}

class InflateError extends Error {}

const CORRUPT = "flate: corrupt input";
const END_OF_BLOCK = 256;
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_EXTRA = Array.from({ length: 30 }, (_, code) => Math.max(0, (code >> 1) - 1));
const LENGTHS = [...bases(LENGTH_EXTRA.slice(0, 28), 3), 258];
const DISTANCES = bases(DISTANCE_EXTRA, 1);
const WINDOW = 32768;
const FIXED_LITERALS = tableOf(
  Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
);
const FIXED_DISTANCES = tableOf(Array.from({ length: 32 }, () => 5));

/**
 * Decompresses DEFLATE (RFC 1951) as Go's compress/flate does. Unlike zlib, it returns what came before an error: a reader of an archive that
 * stops at a file does not see what is wrong after it.
 *
 * @param input the compressed bytes
 * @param start the offset of the stream
 * @param limit the number of bytes to stop at
 */
export function inflate(input: Uint8Array, start: number, limit: number): Inflated {
  const stream = new Inflater(input, start, limit);
  try {
    stream.run();
    return { bytes: stream.bytes(), end: stream.at };
  } catch (error) {
    if (!(error instanceof InflateError)) throw error;
    return { bytes: stream.bytes(), end: stream.at, error: error.message };
  }
}

class Inflater {
  readonly #input: Uint8Array;
  readonly #limit: number;
  #out: Uint8Array;
  #size = 0;
  #bits = 0;
  #count = 0;
  at: number;

  constructor(input: Uint8Array, start: number, limit: number) {
    this.#input = input;
    this.at = start;
    this.#limit = limit;
    this.#out = new Uint8Array(Math.min(limit, Math.max(1024, (input.length - start) * 4)));
  }

  bytes(): Uint8Array {
    return this.#out.subarray(0, Math.min(this.#size, this.#limit));
  }

  run(): void {
    for (let last = false; !last && this.#size < this.#limit; ) {
      last = this.#take(1) === 1;
      const type = this.#take(2);
      if (type === 0) this.#stored();
      else if (type === 1) this.#block(FIXED_LITERALS, FIXED_DISTANCES);
      else if (type === 2) this.#dynamic();
      else throw new InflateError(CORRUPT);
    }
    // Bytes that were read ahead and not used.
    this.at -= this.#count >> 3;
  }

  #stored(): void {
    this.at -= this.#count >> 3;
    this.#bits = this.#count = 0;
    if (this.at + 4 > this.#input.length) throw new InflateError("unexpected EOF");
    const view = new DataView(this.#input.buffer, this.#input.byteOffset + this.at, 4);
    const size = view.getUint16(0, true);
    if (size !== (~view.getUint16(2, true) & 0xffff)) throw new InflateError(CORRUPT);
    this.at += 4;
    const part = this.#input.subarray(this.at, this.at + size);
    this.#reserve(part.length);
    this.#out.set(part, this.#size);
    this.#size += part.length;
    this.at += part.length;
    if (part.length < size) throw new InflateError("unexpected EOF");
  }

  #dynamic(): void {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const codes = this.#take(4) + 4;
    if (literals > 286 || distances > 30) throw new InflateError(CORRUPT);
    const order = new Array<number>(19).fill(0);
    for (const symbol of CODE_LENGTH_ORDER.slice(0, codes)) order[symbol] = this.#take(3);
    const table = tableOf(order);
    const lengths: number[] = [];
    while (lengths.length < literals + distances) {
      const symbol = this.#symbol(table);
      if (symbol < 16) {
        lengths.push(symbol);
        continue;
      }
      const previous = symbol === 16 ? lengths.at(-1) : 0;
      if (previous === undefined) throw new InflateError(CORRUPT);
      const times = symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      if (lengths.length + times > literals + distances) throw new InflateError(CORRUPT);
      for (let i = 0; i < times; i++) lengths.push(previous);
    }
    this.#block(tableOf(lengths.slice(0, literals)), tableOf(lengths.slice(literals)));
  }

  #block(literals: Table, distances: Table): void {
    while (this.#size < this.#limit) {
      const symbol = this.#symbol(literals);
      if (symbol === END_OF_BLOCK) return;
      if (symbol < END_OF_BLOCK) {
        this.#reserve(1);
        this.#out[this.#size++] = symbol;
        continue;
      }
      const base = LENGTHS[symbol - 257];
      if (base === undefined) throw new InflateError(CORRUPT);
      const length = base + this.#take(LENGTH_EXTRA[symbol - 257] as number);
      const code = this.#symbol(distances);
      const far = DISTANCES[code];
      if (far === undefined) throw new InflateError(CORRUPT);
      const distance = far + this.#take(DISTANCE_EXTRA[code] as number);
      if (distance > this.#size || distance > WINDOW) throw new InflateError(CORRUPT);
      this.#reserve(length);
      const out = this.#out;
      const end = this.#size + length;
      for (let to = this.#size, from = to - distance; to < end; to++, from++) out[to] = out[from] as number;
      this.#size = end;
    }
  }

  #symbol({ bits, entries }: Table): number {
    while (this.#count < bits && this.at < this.#input.length) {
      this.#bits |= (this.#input[this.at++] as number) << this.#count;
      this.#count += 8;
    }
    const entry = entries[this.#bits & ((1 << bits) - 1)] as number;
    const used = entry & 15;
    if (used === 0 || used > this.#count) {
      // Go looks at the bits as they come: it misses some before it finds that no code begins with them.
      throw new InflateError(this.#count < bits ? "unexpected EOF" : CORRUPT);
    }
    this.#bits >>>= used;
    this.#count -= used;
    return entry >> 4;
  }

  #take(bits: number): number {
    while (this.#count < bits) {
      if (this.at === this.#input.length) throw new InflateError("unexpected EOF");
      this.#bits |= (this.#input[this.at++] as number) << this.#count;
      this.#count += 8;
    }
    const value = this.#bits & ((1 << bits) - 1);
    this.#bits >>>= bits;
    this.#count -= bits;
    return value;
  }

  #reserve(more: number): void {
    if (this.#size + more <= this.#out.length) return;
    // A match may go past the limit by its length.
    const grown = new Uint8Array(Math.max(this.#size + more, Math.min(this.#out.length * 2, this.#limit + 258)));
    grown.set(this.#out.subarray(0, this.#size));
    this.#out = grown;
  }
}

/** The first value of each code, whose next value is larger by what its extra bits count. */
function bases(extra: readonly number[], first: number): number[] {
  let next = first;
  return extra.map((bits) => {
    const base = next;
    next += 1 << bits;
    return base;
  });
}

/**
 * A table of a canonical Huffman code. As in Go and zlib, a code must be complete, but that one of a single symbol, or of none, is accepted.
 *
 * @param lengths the length of each symbol's code, in bits; 0 for symbols that do not occur
 */
function tableOf(lengths: readonly number[]): Table {
  const bits = Math.max(...lengths);
  const counts = new Array<number>(16).fill(0);
  for (const length of lengths) if (length > 0) counts[length] = (counts[length] as number) + 1;
  const next = new Array<number>(16).fill(0);
  let code = 0;
  for (let length = 1; length <= bits; length++) {
    code = (code + (counts[length - 1] as number)) << 1;
    next[length] = code;
  }
  const all = bits === 0 ? 0 : code + (counts[bits] as number);
  if (bits > 0 && all !== 1 << bits && !(all === 1 && bits === 1)) throw new InflateError(CORRUPT);
  const entries = new Uint16Array(1 << bits);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const own = next[length] as number;
    next[length] = own + 1;
    for (let at = reversed(own, length); at < entries.length; at += 1 << length) entries[at] = symbol * 16 + length;
  }
  return { bits, entries };
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >> bit) & 1) << (length - 1 - bit);
  return result;
}
