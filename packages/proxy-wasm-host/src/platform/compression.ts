/** Makes and reads zlib streams (RFC 1950), each in one piece. */
export interface Compression {
  compress(bytes: Uint8Array): Uint8Array;
  /**
   * What follows the compressed bytes is ignored.
   *
   * @param limit how many bytes may come out
   * @throws Error if they are malformed, not whole, or more than the limit comes out
   */
  uncompress(bytes: Uint8Array, limit: number): Uint8Array;
}
