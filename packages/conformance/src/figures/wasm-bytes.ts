/** Reads a WebAssembly module from a place on. */
export class WasmBytes {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    return this.bytes[this.at++] ?? 0;
  }

  /** An unsigned number in LEB128. */
  u32(): number {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
      shift += 7;
    }
  }

  /** Passes so many numbers in LEB128 by. */
  skipNumbers(count: number): void {
    for (let left = count; left > 0; left--) while (this.byte() >= 0x80);
  }

  /** The bytes from here on. */
  take(count: number): Uint8Array {
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  /** A vector's elements, each read by a function. */
  vector<T>(read: () => T): T[] {
    return Array.from({ length: this.u32() }, read);
  }

  text(): string {
    return Buffer.from(this.take(this.u32())).toString();
  }
}

/** An unsigned number in LEB128. */
export function u32(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}

/** A non-negative signed number in LEB128. */
export function s64(value: number): number[] {
  const bytes = u32(value);
  const last = bytes.at(-1) ?? 0;
  return last & 0x40 ? [...bytes.slice(0, -1), last | 0x80, 0] : bytes;
}

export const text = (value: string): number[] => [...u32(Buffer.byteLength(value)), ...Buffer.from(value)];
