/** Bytes that a module can read, and perhaps change, during a callback. */
export interface ByteBuffer {
  /** In bytes. */
  readonly length: number;
  /** @returns the bytes between two offsets, which lie inside */
  slice(start: number, end: number): Uint8Array;
  /** Replaces `length` bytes at `start`. @returns false where Envoy returns BAD_ARGUMENT */
  replace(start: number, length: number, bytes: Uint8Array): boolean;
}
