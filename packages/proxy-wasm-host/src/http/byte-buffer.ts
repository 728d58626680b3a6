/** A run of bytes that a module may read, and perhaps change, during a callback. */
export interface ByteBuffer {
  readonly length: number;
  /** A copy of bytes; `start` and `end` lie inside. */
  slice(start: number, end: number): Uint8Array;
  /** Puts bytes in the place of `length` bytes at `start`; false where Envoy answers BAD_ARGUMENT. */
  replace(start: number, length: number, bytes: Uint8Array): boolean;
}
