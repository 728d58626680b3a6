/// <reference path="./untyped.d.ts" />
import { deserialize, serialize } from "@ungap/structured-clone";
import { DOMException } from "./dom-exception.ts";

/**
 * A deep copy: objects, arrays, maps, sets, dates, regular expressions, errors, buffers, also in cycles.
 *
 * @throws DOMException DataCloneError for functions and symbols, and for anything to be transferred
 */
export function structuredClone<T>(value: T, { transfer = [] }: { readonly transfer?: readonly unknown[] } = {}): T {
  if (transfer.length > 0) throw new DOMException("nothing can be transferred in a filter", "DataCloneError");
  try {
    return deserialize(serialize(value)) as T;
  } catch (error) {
    throw new DOMException(`could not be cloned: ${(error as Error).message}`, "DataCloneError");
  }
}
