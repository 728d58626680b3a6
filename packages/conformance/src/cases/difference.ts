import { isDeepStrictEqual } from "node:util";
import type { Pattern } from "./case.ts";
import { fits, isPattern } from "./pattern.ts";
import { show, showBytes } from "./show.ts";

/**
 * Compares one value.
 *
 * @returns nothing, or the one line that says how they differ
 */
export function difference(what: string, expected: unknown, got: unknown): string[] {
  return isDeepStrictEqual(expected, got) ? [] : [`${what}: expected ${show(expected)}, got ${show(got)}`];
}

/** As {@link difference}, for bytes; a pattern is compared with them as UTF-8. */
export function compareBytes(what: string, expected: Uint8Array | Pattern, got: Uint8Array): string[] {
  if (isPattern(expected)) {
    return fits(expected, Buffer.from(got).toString())
      ? []
      : [`${what}: expected ${show(expected)}, got ${showBytes(got)}`];
  }
  return Buffer.compare(expected, got) === 0 ? [] : [`${what}: expected ${showBytes(expected)}, got ${showBytes(got)}`];
}
