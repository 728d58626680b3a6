/** A value with fields; some can also be read as a whole. */
export interface Fields {
  readonly field: (name: string) => Attribute;
  /** The names of all fields, where they are known. */
  readonly names?: readonly string[];
  readonly bytes?: () => Uint8Array;
}

/**
 * An attribute's value. Text is given as it is, with one byte for each character, numbers in 8 bytes, booleans in 1, lists of pairs as
 * everywhere in the ABI; null for a value that cannot be serialized (envoyproxy/envoy, source/extensions/common/wasm/context.cc,
 * serializeValue).
 */
export type Attribute = string | number | bigint | boolean | Uint8Array | Fields | null | undefined;

export const isFields = (value: Attribute): value is Fields =>
  typeof value === "object" && value !== null && !(value instanceof Uint8Array);
