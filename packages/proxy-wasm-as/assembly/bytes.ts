import { allocate, free } from "./heap";
import { storeAscii, storeText, utf8Length } from "./utf8";

/**
 * A run of bytes outside the garbage collector's reach: what is sent to the host and what comes from it.
 *
 * A constant made once, as `const NAME = Bytes.ascii("x-name")`, costs nothing when it is sent; one made later is given
 * back with {@link free}.
 */
@unmanaged
export class Bytes {
  /** Address of the first byte; 0 where there is none. */
  data: usize;
  /** Number of bytes. */
  length: i32;

  /**
   * Text as UTF-8, in memory of its own.
   *
   * @param text any string; a lone surrogate is written as its three bytes (WTF-8)
   */
  static of(text: string): Bytes {
    const bytes = Bytes.room(utf8Length(text));
    storeText(bytes.data, text);
    return bytes;
  }

  /**
   * Text that is known to be ASCII, as header names are; takes less code than {@link Bytes.of}.
   *
   * @param text ASCII
   */
  static ascii(text: string): Bytes {
    const bytes = Bytes.room(text.length);
    storeAscii(bytes.data, text);
    return bytes;
  }

  private static room(length: i32): Bytes {
    const bytes = changetype<Bytes>(allocate(offsetof<Bytes>() + length));
    bytes.data = changetype<usize>(bytes) + offsetof<Bytes>();
    bytes.length = length;
    return bytes;
  }

  /**
   * Gives the memory back. Only for a writer and for what {@link Bytes.of}, {@link Bytes.ascii} and {@link keep}
   * returned, and only once.
   */
  free(): void {
    // A writer's bytes have a block of their own. (A method of the writer's own can't be chosen at run time: the class
    // leaves no trace in memory.)
    if (this.data && this.data != changetype<usize>(this) + offsetof<Bytes>()) free(this.data);
    free(changetype<usize>(this));
  }

  /**
   * A copy, in memory of its own, that stays valid when this one doesn't.
   *
   * @param start index of the first byte
   * @param end index after the last byte
   */
  keep(start: i32 = 0, end: i32 = this.length): Bytes {
    const bytes = Bytes.room(end - start);
    memory.copy(bytes.data, this.data + start, end - start);
    return bytes;
  }

  /** The bytes read as UTF-8, which is not checked. A string of the garbage collector's. */
  text(): string {
    return String.UTF8.decodeUnsafe(this.data, this.length);
  }

  /** A copy of the bytes as an array of the garbage collector's. */
  bytes(): Uint8Array {
    const array = new Uint8Array(this.length);
    memory.copy(array.dataStart, this.data, this.length);
    return array;
  }

  /**
   * The bytes read as a little-endian integer, which is how hosts give properties that are numbers.
   *
   * @returns 0 if there are not exactly eight of them
   */
  integer(): i64 {
    return this.length == 8 ? load<i64>(this.data) : 0;
  }

  /**
   * One byte.
   *
   * @param index from 0 to below the length
   */
  // @ts-ignore: decorator
  @operator("[]")
  at(index: i32): u8 {
    return load<u8>(this.data + index);
  }

  /** Whether both hold the same bytes. */
  equals(other: Bytes): bool {
    return this.length == other.length && this.startsWith(other);
  }

  /** Whether the first bytes are those of another run. */
  startsWith(prefix: Bytes): bool {
    return this.length >= prefix.length && memory.compare(this.data, prefix.data, prefix.length) == 0;
  }

  /**
   * Where another run of bytes first occurs.
   *
   * @param other what to look for
   * @param from the first index to look at
   * @returns its index; -1 if it doesn't occur
   */
  indexOf(other: Bytes, from: i32 = 0): i32 {
    for (const last = this.length - other.length; from <= last; from++) {
      if (memory.compare(this.data + from, other.data, other.length) == 0) return from;
    }
    return -1;
  }
}

/** No bytes at all. */
export const EMPTY: Bytes = changetype<Bytes>(memory.data(8, 8));

/**
 * Bytes for the length of one host call: {@link Bytes} as they are, text encoded into memory that {@link unborrow}
 * gives back.
 */
// @ts-ignore: decorator
@inline
export function borrow<T>(value: T): Bytes {
  if (isString<T>()) return Bytes.of(changetype<string>(value));
  return changetype<Bytes>(value);
}

/** Gives back what {@link borrow} took. */
// @ts-ignore: decorator
@inline
export function unborrow<T>(bytes: Bytes): void {
  if (isString<T>()) bytes.free();
}
