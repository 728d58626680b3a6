import type { Pair } from "./abi/pairs.ts";

/** Lower-cases ASCII letters alone, as header names are compared. */
export function lowerCase(name: string): string {
  return /[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name;
}

/**
 * Headers or trailers in wire order, names in lower case, several lines of one name kept apart, pseudo-headers (`:path`) among
 * them. Strings hold one byte per character. Behaves as Envoy's HeaderMapImpl (source/common/http/header_map_impl.cc).
 */
export class HeaderMap {
  #pairs: Pair[];

  /** @param pairs names in any case */
  constructor(pairs: Iterable<Pair> = []) {
    this.#pairs = Array.from(pairs, ([name, value]) => [lowerCase(name), value] as const);
  }

  /** How many lines there are. */
  get size(): number {
    return this.#pairs.length;
  }

  /** The bytes of all names and values. */
  get byteSize(): number {
    return this.#pairs.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  }

  pairs(): readonly Pair[] {
    return this.#pairs;
  }

  /** The first value of a name, or undefined if there is none. */
  get(name: string): string | undefined {
    const key = lowerCase(name);
    for (const pair of this.#pairs) if (pair[0] === key) return pair[1];
    return undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Adds one line after those that are there. */
  add(name: string, value: string): void {
    this.#pairs.push([lowerCase(name), value]);
  }

  /** Puts one line in the place of all of that name. */
  replace(name: string, value: string): void {
    const key = lowerCase(name);
    const at = this.#pairs.findIndex((pair) => pair[0] === key);
    if (at < 0) {
      this.#pairs.push([key, value]);
      return;
    }
    this.#pairs = this.#pairs.filter((pair, index) => index <= at || pair[0] !== key);
    this.#pairs[at] = [key, value];
  }

  /** Removes all lines of a name. */
  remove(name: string): void {
    const key = lowerCase(name);
    this.#pairs = this.#pairs.filter((pair) => pair[0] !== key);
  }

  /** Puts these lines in the place of all. */
  assign(pairs: Iterable<Pair>): void {
    this.#pairs = Array.from(pairs, ([name, value]) => [lowerCase(name), value] as const);
  }
}
