import { borrow, Bytes, unborrow } from "./bytes";
import { free, make } from "./heap";
import { Writer } from "./writer";

/**
 * A map of headers in the host's format, built pair by pair: for {@link setHeaders}, {@link sendLocalResponse} and
 * call-outs. The limits are 1,024 pairs and 1 MiB: Envoy reads a larger map as an empty one, without an error.
 */
@final
@unmanaged
export class Pairs {
  private sizes: Writer;
  private text: Writer;
  private serialized: Writer;

  /** Creates an empty map. A map that is not a constant must be freed with {@link free}. */
  static make(): Pairs {
    const pairs = make<Pairs>();
    pairs.sizes = make<Writer>();
    pairs.text = make<Writer>();
    pairs.serialized = make<Writer>();
    return pairs;
  }

  /** Removes all pairs and keeps the memory. */
  clear(): Pairs {
    this.sizes.clear();
    this.text.clear();
    return this;
  }

  /**
   * Adds a pair at the end.
   *
   * @param name a header's name in lower case, text or {@link Bytes}
   * @param value its value, text or {@link Bytes}
   */
  add<N, V>(name: N, value: V): Pairs {
    const nameBytes = borrow<N>(name);
    const valueBytes = borrow<V>(value);
    this.sizes.u32(nameBytes.length).u32(valueBytes.length);
    this.text.bytesOf(nameBytes).byte(0).bytesOf(valueBytes).byte(0);
    unborrow<N>(nameBytes);
    unborrow<V>(valueBytes);
    return this;
  }

  /** The map in the format of the specification's section "Serialization"; valid until the next call on these pairs. */
  bytes(): Bytes {
    return this.serialized.clear().u32(this.sizes.length >> 3).bytesOf(this.sizes).bytesOf(this.text);
  }

  /** Frees the memory. Only once. */
  free(): void {
    this.sizes.free();
    this.text.free();
    this.serialized.free();
    free(changetype<usize>(this));
  }
}

/**
 * Reads a map of headers without copying it:
 * `while (reader.next()) if (reader.name.equals(HOST)) …`, after `reader.read(received)`.
 *
 * Created once by `make<PairReader>()`, and used for any number of maps.
 */
@final
@unmanaged
export class PairReader {
  private left: u32;
  private sizes: usize;
  private nameData: usize;
  private nameLength: i32;
  private valueData: usize;
  private valueLength: i32;

  /**
   * Starts before the first pair.
   *
   * @param map from {@link getHeaders}; it must stay valid while it is read
   */
  read(map: Bytes): void {
    this.left = map.length >= 4 ? load<u32>(map.data) : 0;
    this.sizes = map.data + 4;
    // A name begins one byte after the end of the value before it; the first name as if there were one.
    this.valueData = this.sizes + (<usize>this.left << 3) - 1;
    this.valueLength = 0;
  }

  /** Moves to the next pair; false after the last one. */
  next(): bool {
    if (!this.left) return false;
    this.left--;
    this.nameData = this.valueData + this.valueLength + 1;
    this.nameLength = load<i32>(this.sizes);
    this.valueData = this.nameData + this.nameLength + 1;
    this.valueLength = load<i32>(this.sizes, 4);
    this.sizes += 8;
    return true;
  }

  /** The pair's name; valid until {@link next}. */
  get name(): Bytes {
    return changetype<Bytes>(changetype<usize>(this) + offsetof<PairReader>("nameData"));
  }

  /** The pair's value; valid until {@link next}. */
  get value(): Bytes {
    return changetype<Bytes>(changetype<usize>(this) + offsetof<PairReader>("valueData"));
  }
}
