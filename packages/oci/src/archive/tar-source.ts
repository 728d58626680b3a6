/** Why an archive is refused, as Go's archive/tar words it. */
export class TarError extends Error {}

/** What ends Istio's agent: it allocates the size that a header says. */
export class TarPanic extends TarError {}

/** What is said of a header that breaks the rules (archive/tar, ErrHeader). */
export const INVALID_HEADER = "archive/tar: invalid tar header";

export const BLOCK = 512;

/** An archive's bytes, and why there are no more. */
export interface Archive {
  readonly bytes: Uint8Array;
  /** Absent if the archive simply ends. */
  readonly error?: string;
}

/** Reads an archive from its beginning to its end. */
export class TarSource {
  readonly #archive: Archive;
  #at = 0;

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  /** The number of bytes that are left. */
  get left(): number {
    return this.#archive.bytes.length - this.#at;
  }

  /**
   * Takes bytes.
   *
   * @returns nothing if fewer are left
   * @throws TarError if fewer are left because the archive could not be read further
   */
  take(size: number): Uint8Array | undefined {
    if (size > this.left) {
      if (this.#archive.error !== undefined) throw new TarError(this.#archive.error);
      return undefined;
    }
    this.#at += size;
    return this.#archive.bytes.subarray(this.#at - size, this.#at);
  }

  /** Takes bytes; fewer are an error. */
  must(size: number): Uint8Array {
    const taken = this.take(size);
    if (!taken) throw new TarError("unexpected EOF");
    return taken;
  }
}

/** The content of an entry, which ends where the entry does. */
export class TarContent {
  readonly #source: TarSource;
  /** The number of bytes that are left. */
  left: number;

  constructor(source: TarSource, size: number) {
    this.#source = source;
    this.left = size;
  }

  /**
   * Takes bytes.
   *
   * @throws TarError if the entry or the archive has fewer
   */
  must(size: number): Uint8Array {
    if (size > this.left) throw new TarError(this.left === 0 ? "EOF" : "unexpected EOF");
    this.left -= size;
    return this.#source.must(size);
  }

  /**
   * Takes a part, behind which there is more of the file. Go learns of the archive's end with its last bytes, and of what the entry then lacks.
   *
   * @throws TarError if the entry or the archive has fewer, or the archive ends with the part and the entry does not
   */
  part(size: number): Uint8Array {
    const taken = this.must(size);
    if (size > 0 && this.left > 0 && this.#source.left === 0) this.#source.must(1);
    return taken;
  }
}
