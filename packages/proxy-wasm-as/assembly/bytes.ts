import { allocate, free } from "./heap";
import { storeAscii, storeText, utf8Length } from "./utf8";

/**
 * Bytes outside the garbage collector's memory, to send to the host or received from it.
 *
 * A constant created once, as `const NAME = Bytes.ascii("x-name")`, costs nothing when it is sent. Bytes created later
 * must be freed with {@link free}.
 */
@unmanaged
export class Bytes {
  /** One byte, as {@link at}. */
  [key: number]: u8;
  /** Address of the first byte; 0 if there is none. */
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
   * Frees the memory. Only for a writer and for what {@link Bytes.of}, {@link Bytes.ascii} and {@link keep}
   * returned, and only once.
   */
  free(): void {
    // A writer's bytes are a separate block. Writer cannot override this method, because the class of an unmanaged
    // object is not known at run time.
    if (this.data && this.data != changetype<usize>(this) + offsetof<Bytes>()) free(this.data);
    free(changetype<usize>(this));
  }

  /**
   * Returns a copy, which stays valid when these bytes do not.
   *
   * @param start index of the first byte
   * @param end index after the last byte
   */
  keep(start: i32 = 0, end: i32 = this.length): Bytes {
    const bytes = Bytes.room(end - start);
    memory.copy(bytes.data, this.data + start, end - start);
    return bytes;
  }

  /** The bytes as a garbage-collected string, read as UTF-8 without a check. */
  text(): string {
    return String.UTF8.decodeUnsafe(this.data, this.length);
  }

  /** A copy of the bytes as a garbage-collected array. */
  bytes(): Uint8Array {
    const array = new Uint8Array(this.length);
    memory.copy(array.dataStart, this.data, this.length);
    return array;
  }

  /**
   * The bytes as a little-endian integer, the form in which hosts return properties that are numbers.
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

  /** Whether the first bytes are equal to other bytes. */
  startsWith(prefix: Bytes): bool {
    return this.length >= prefix.length && memory.compare(this.data, prefix.data, prefix.length) == 0;
  }

  /**
   * Finds the first occurrence of other bytes.
   *
   * @param other what to look for
   * @param from the first index to look at
   * @returns its index; -1 if they do not occur
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
 * Bytes for one host call: {@link Bytes} as they are, or text encoded into memory that {@link unborrow} frees.
 */
// @ts-ignore: decorator
@inline
export function borrow<T>(value: T): Bytes {
  if (isString<T>()) return Bytes.of(changetype<string>(value));
  return changetype<Bytes>(value);
}

/** Frees the memory of {@link borrow}. */
// @ts-ignore: decorator
@inline
export function unborrow<T>(bytes: Bytes): void {
  if (isString<T>()) bytes.free();
}
