import { Bytes } from "./bytes";

/** Bytes that grow at the end, for messages and other data put together piece by piece. A writer can be sent wherever {@link Bytes} can. */
@unmanaged
export class Writer extends Bytes {
  private capacity: i32 = 0;

  /** An empty writer, which owns no memory yet. */
  constructor() {
    super();
    this.data = 0;
    this.length = 0;
  }

  /** Forgets what was written and keeps the memory. */
  clear(): this {
    this.length = 0;
    return this;
  }

  /** Gives back the memory, and the writer itself. */
  free(): void {
    if (this.data) heap.free(this.data);
    heap.free(changetype<usize>(this));
  }

  /**
   * Makes room at the end.
   *
   * @param size number of bytes
   * @returns the address of the first of them, valid until the next write
   */
  reserve(size: i32): usize {
    const end = this.length + size;
    if (end > this.capacity) {
      this.capacity = max(64, max(end, this.capacity << 1));
      this.data = this.data ? heap.realloc(this.data, this.capacity) : heap.alloc(this.capacity);
    }
    const at = this.data + this.length;
    this.length = end;
    return at;
  }

  /** Writes one byte. */
  byte(value: u32): this {
    store<u8>(this.reserve(1), value);
    return this;
  }

  /** Writes other bytes. */
  append(data: usize, length: i32): this {
    memory.copy(this.reserve(length), data, length);
    return this;
  }

  /** Writes text that is known to be ASCII. */
  ascii(text: string): this {
    const to = this.reserve(text.length);
    for (let i = 0; i < text.length; i++) store<u8>(to + i, load<u16>(changetype<usize>(text) + (i << 1)));
    return this;
  }

  /** Writes a number in decimal. */
  decimal(value: i64): this {
    if (value < 0) this.byte(0x2d);
    let rest: u64 = value < 0 ? -value : value;
    let digits = 1;
    for (let r = rest; r >= 10; r /= 10) digits++;
    let at = this.reserve(digits) + digits;
    do {
      store<u8>(--at, 0x30 + <u32>(rest % 10));
      rest /= 10;
    } while (rest);
    return this;
  }
}
