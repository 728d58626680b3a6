/** Reads the primitives of the WebAssembly binary format from a byte array, front to back. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  offset: number;

  /**
   * @param bytes the whole binary
   * @param start first byte to read
   * @param end first byte not to read
   */
  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.offset = start;
    this.#end = end;
  }

  get done(): boolean {
    return this.offset >= this.#end;
  }

  /** @throws RangeError past the end */
  u8(): number {
    const byte = this.offset < this.#end ? this.#bytes[this.offset++] : undefined;
    if (byte === undefined) throw new RangeError(`unexpected end of the binary at byte ${this.offset}`);
    return byte;
  }

  peek(): number | undefined {
    return this.offset < this.#end ? this.#bytes[this.offset] : undefined;
  }

  /** An unsigned LEB128 number of up to 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
      if (shift > 28) throw new RangeError(`number too long at byte ${this.offset}`);
    }
  }

  /** Skips a signed or unsigned LEB128 number of any length. */
  skipLeb(): void {
    while (this.u8() >= 0x80);
  }

  take(length: number): Uint8Array {
    if (this.offset + length > this.#end) throw new RangeError(`unexpected end of the binary at byte ${this.#end}`);
    const taken = this.#bytes.subarray(this.offset, this.offset + length);
    this.offset += length;
    return taken;
  }

  name(): string {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.take(this.u32()));
  }

  list<T>(item: () => T): T[] {
    return Array.from({ length: this.u32() }, item);
  }

  /** The bytes from an earlier offset to here. */
  since(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.offset);
  }
}

/** One section of a core module or of a component. */
export interface Section {
  readonly id: number;
  /** The section's content, without id and length. */
  readonly body: Uint8Array;
  /** The section with id and length. */
  readonly whole: Uint8Array;
}

/**
 * Splits a core module or a component into its sections, in their order.
 *
 * @param bytes the binary, the 8 bytes of magic and version included
 */
export function sections(bytes: Uint8Array): Section[] {
  const reader = new Reader(bytes, 8);
  const found: Section[] = [];
  while (!reader.done) {
    const start = reader.offset;
    const id = reader.u8();
    const body = reader.take(reader.u32());
    found.push({ id, body, whole: reader.since(start) });
  }
  return found;
}

export function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = (rest - low) / 128;
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

export function encodeName(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [...leb(bytes.length), ...bytes];
}

/** A section from its content. */
export function encodeSection(id: number, body: Uint8Array | readonly number[]): Uint8Array {
  return concat([Uint8Array.from([id, ...leb(body.length)]), Uint8Array.from(body)]);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
