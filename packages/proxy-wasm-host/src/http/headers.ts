import type { Pair } from "../abi/pairs.ts";
import { type HeaderMapKind, INLINE_HEADERS } from "./inline-headers.ts";

/** Lower-cases ASCII letters only, as header names are compared. */
export function lowerCase(name: string): string {
  return /[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name;
}

/**
 * Headers or trailers. Names are in lower case, pseudo-headers (`:path`) come first, all others in the order in which they were added.
 * Lines of the same name stay separate, except for those that Envoy joins. Strings hold one byte per character. Behaves as Envoy's
 * HeaderMapImpl (envoyproxy/envoy, source/common/http/header_map_impl.cc).
 */
export class HeaderMap {
  readonly #kind: HeaderMapKind;
  readonly #inline: ReadonlySet<string>;
  #pairs: Pair[] = [];
  /** How many pseudo-headers there are. */
  #pseudo = 0;

  /**
   * @param kind decides which lines are joined
   * @param pairs the lines; names in any case
   */
  constructor(kind: HeaderMapKind, pairs: Iterable<Pair> = []) {
    this.#kind = kind;
    this.#inline = INLINE_HEADERS[kind];
    for (const [name, value] of pairs) this.add(name, value);
  }

  /** How many lines there are. */
  get size(): number {
    return this.#pairs.length;
  }

  /** The bytes of all names and values. */
  get byteSize(): number {
    return this.#pairs.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  }

  /** All lines, in order. */
  pairs(): readonly Pair[] {
    return this.#pairs;
  }

  /** The first value of a name, or undefined if there is none. */
  get(name: string): string | undefined {
    return this.#pairs[this.#find(this.#key(name))]?.[1];
  }

  /** Whether there is a line of that name. */
  has(name: string): boolean {
    return this.#find(this.#key(name)) >= 0;
  }

  /** Adds a line at the end, or joins the value to an existing line if Envoy joins lines of this name. */
  add(name: string, value: string): void {
    const key = this.#key(name);
    const at = this.#inline.has(key) ? this.#find(key) : -1;
    const old = this.#pairs[at]?.[1];
    if (old === undefined) this.#insert(key, value);
    else if (value !== "") this.#pairs[at] = [key, old === "" ? value : `${old},${value}`];
  }

  /** Removes all lines of a name and adds one at the end. */
  replace(name: string, value: string): void {
    this.remove(name);
    this.#insert(this.#key(name), value);
  }

  /** Changes the first line of a name, or adds one. @param name in lower case */
  set(name: string, value: string): void {
    const at = this.#find(name);
    if (at < 0) this.#insert(name, value);
    else this.#pairs[at] = [name, value];
  }

  /** Removes all lines of a name. */
  remove(name: string): void {
    const key = this.#key(name);
    if (this.#find(key) < 0) return;
    this.#pairs = this.#pairs.filter((pair) => pair[0] !== key);
    if (key.startsWith(":")) this.#pseudo = this.#pairs.filter(([one]) => one.startsWith(":")).length;
  }

  /** Replaces all lines. */
  assign(pairs: Iterable<Pair>): void {
    this.#pairs = [];
    this.#pseudo = 0;
    for (const [name, value] of pairs) this.add(name, value);
  }

  /** The stored form of a name: in lower case, and `:authority` for a request's `host`. */
  #key(name: string): string {
    const key = lowerCase(name);
    return key === "host" && this.#kind === "request" ? ":authority" : key;
  }

  #find(key: string): number {
    for (let at = 0; at < this.#pairs.length; at++) if (this.#pairs[at]?.[0] === key) return at;
    return -1;
  }

  #insert(key: string, value: string): void {
    if (key.startsWith(":")) this.#pairs.splice(this.#pseudo++, 0, [key, value]);
    else this.#pairs.push([key, value]);
  }
}
