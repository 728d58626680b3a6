import { isDeepStrictEqual } from "node:util";
import { show, showBytes } from "./show.ts";

/**
 * Compares one value.
 *
 * @returns nothing, or the one line that says how they differ
 */
export function difference(what: string, expected: unknown, got: unknown): string[] {
  return isDeepStrictEqual(expected, got) ? [] : [`${what}: expected ${show(expected)}, got ${show(got)}`];
}

/** As {@link difference}, for bytes. */
export function compareBytes(what: string, expected: Uint8Array, got: Uint8Array): string[] {
  return Buffer.compare(expected, got) === 0 ? [] : [`${what}: expected ${showBytes(expected)}, got ${showBytes(got)}`];
}
