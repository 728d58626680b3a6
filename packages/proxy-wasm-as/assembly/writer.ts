import { Bytes } from "./bytes";
import { allocate, free } from "./heap";
import { storeAscii, storeText, utf8Length } from "./utf8";

/**
 * Bytes that grow at the end, for bodies, messages and other data that is built piece by piece. A writer can be sent
 * like {@link Bytes}.
 *
 * Created by `make<Writer>()`, and freed with {@link free}.
 */
@final
@unmanaged
export class Writer extends Bytes {
  private capacity: i32;

  /** Removes the content and keeps the memory. */
  clear(): this {
    this.length = 0;
    return this;
  }

  /**
   * Reserves bytes at the end.
   *
   * @param size number of bytes
   * @returns the address of the first of them, valid until the next write
   */
  reserve(size: i32): usize {
    const end = this.length + size;
    if (end > this.capacity) {
      this.capacity = max(64, max(end, this.capacity << 1));
      const data = allocate(this.capacity);
      memory.copy(data, this.data, this.length);
      if (this.data) free(this.data);
      this.data = data;
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

  /** Writes four bytes, the lowest first. */
  u32(value: u32): this {
    store<u32>(this.reserve(4), value);
    return this;
  }

  /** Writes bytes from an address. */
  append(data: usize, length: i32): this {
    memory.copy(this.reserve(length), data, length);
    return this;
  }

  /**
   * Writes other bytes, or a part of them.
   *
   * @param bytes what to write
   * @param start index of the first byte
   * @param end index after the last byte
   */
  bytesOf(bytes: Bytes, start: i32 = 0, end: i32 = bytes.length): this {
    return this.append(bytes.data + start, end - start);
  }

  /** Writes text as UTF-8. */
  string(text: string): this {
    storeText(this.reserve(utf8Length(text)), text);
    return this;
  }

  /** Writes text that is known to be ASCII; takes less code than {@link string}. */
  ascii(text: string): this {
    storeAscii(this.reserve(text.length), text);
    return this;
  }

  /**
   * Writes one line of a text that is known to be ASCII. Several messages in one string need less memory than
   * separate strings.
   *
   * @param lines lines with a line feed between them
   * @param index the line's index, from 0; nothing is written beyond the last one
   */
  line(lines: string, index: i32): this {
    for (let i = 0; i < lines.length && index >= 0; i++) {
      const char = load<u16>(changetype<usize>(lines) + (i << 1));
      if (char == 0x0a) index--;
      else if (!index) this.byte(char);
    }
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
