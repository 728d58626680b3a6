import { allocate, free } from "./heap";
import { storeAscii, storeText, utf8Length } from "./utf8";

/**
 * A run of bytes outside the garbage collector's reach: what is sent to the host and what comes from it.
 *
 * A constant made once by {@link Bytes.of} costs nothing when it is sent; one made later is given back with {@link Bytes.free}.
 */
@unmanaged
export class Bytes {
  /** Address of the first byte; 0 where nothing is. */
  data: usize;
  /** Number of bytes. */
  length: i32;

  /**
   * Text as UTF-8 bytes, in memory of its own.
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

  /**
   * A copy of other bytes, in memory of its own.
   *
   * @param data address of the first byte
   * @param length number of bytes
   */
  static copy(data: usize, length: i32): Bytes {
    const bytes = Bytes.room(length);
    memory.copy(bytes.data, data, length);
    return bytes;
  }

  private static room(length: i32): Bytes {
    const bytes = changetype<Bytes>(allocate(offsetof<Bytes>() + length));
    bytes.data = changetype<usize>(bytes) + offsetof<Bytes>();
    bytes.length = length;
    return bytes;
  }

  /** Gives the memory back. Only for what {@link Bytes.of}, {@link Bytes.copy} and {@link Bytes.keep} returned, and only once. */
  free(): void {
    free(changetype<usize>(this));
  }

  /** A copy that stays valid when this one doesn't. */
  keep(): Bytes {
    return Bytes.copy(this.data, this.length);
  }

  /** The bytes read as UTF-8; faulty sequences become U+FFFD. Allocates a string. */
  text(): string {
    return String.UTF8.decodeUnsafe(this.data, this.length);
  }

  /** The bytes as an array of their own. Allocates. */
  bytes(): Uint8Array {
    const array = new Uint8Array(this.length);
    memory.copy(array.dataStart, this.data, this.length);
    return array;
  }

  /** Whether both hold the same bytes. */
  equals(other: Bytes): bool {
    return this.length == other.length && memory.compare(this.data, other.data, other.length) == 0;
  }

  /** Whether the first bytes are those of another run. */
  startsWith(prefix: Bytes): bool {
    return this.length >= prefix.length && memory.compare(this.data, prefix.data, prefix.length) == 0;
  }
}

/** Bytes for the length of one host call: {@link Bytes} as they are, text encoded into memory that {@link unborrow} gives back. */
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
