import { borrow, Bytes, unborrow } from "./bytes";
import { free, make } from "./heap";
import { Writer } from "./writer";

/**
 * A map of headers as the host takes it, put together pair by pair: for {@link setHeaders}, {@link sendLocalResponse}
 * and call-outs. A host takes 1,024 pairs and 1 MiB: Envoy takes a larger map for an empty one, and says nothing.
 */
@final
@unmanaged
export class Pairs {
  private sizes: Writer;
  private text: Writer;
  private serialized: Writer;

  /** No pairs yet. A constant is made once; a map made later is given back with {@link free}. */
  static make(): Pairs {
    const pairs = make<Pairs>();
    pairs.sizes = make<Writer>();
    pairs.text = make<Writer>();
    pairs.serialized = make<Writer>();
    return pairs;
  }

  /** Forgets all pairs and keeps the memory. */
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

  /** The map as the specification's section "Serialization" has it; valid until the next call on these pairs. */
  bytes(): Bytes {
    return this.serialized.clear().u32(this.sizes.length >> 3).bytesOf(this.sizes).bytesOf(this.text);
  }

  /** Gives the memory back, once. */
  free(): void {
    this.sizes.free();
    this.text.free();
    this.serialized.free();
    free(changetype<usize>(this));
  }
}

/**
 * Goes through a map of headers without copying anything:
 * `while (reader.next()) if (reader.name.equals(HOST)) …`, after `reader.read(received)`.
 *
 * Made once by `make<PairReader>()`, for as many maps as you like.
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
   * Begins before the first pair.
   *
   * @param map from {@link getHeaders}; it must stay valid while it is read
   */
  read(map: Bytes): void {
    this.left = map.length >= 4 ? load<u32>(map.data) : 0;
    this.sizes = map.data + 4;
    // The first name begins one byte after what would be the end of a value before it.
    this.valueData = this.sizes + (<usize>this.left << 3) - 1;
    this.valueLength = 0;
  }

  /** Goes to the next pair; false after the last one. */
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
