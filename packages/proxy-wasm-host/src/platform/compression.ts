/** Compresses and uncompresses zlib streams (RFC 1950). */
export interface Compression {
  /** @returns the compressed bytes */
  compress(bytes: Uint8Array): Uint8Array;
  /**
   * Bytes after the compressed ones are ignored.
   *
   * @param limit the most bytes to return
   * @throws Error if the stream is malformed or incomplete, or gives more bytes than the limit
   */
  uncompress(bytes: Uint8Array, limit: number): Uint8Array;
}
