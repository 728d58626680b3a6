import { lowerCase, type Pair } from "proxy-wasm-host";

/** Replaces a secret. */
export const MASK = "(masked)";

/** Headers whose values are always masked. */
const ALWAYS = ["authorization", "cookie", "proxy-authorization", "set-cookie"];

/** A shorter secret is masked only where it is the whole text: within other texts it would match by chance. */
const SHORTEST = 6;

const NONE: readonly string[] = [];

/** The names of the headers whose values are masked. */
export class Redaction {
  readonly names: ReadonlySet<string>;

  /** @param more names of headers, in any case, in addition to those that are always masked */
  constructor(more: Iterable<string> = []) {
    this.names = new Set([...ALWAYS, ...Array.from(more, lowerCase)]);
  }

  /** @returns whether the value of a header is masked */
  hides(name: string): boolean {
    return this.names.has(name) || this.names.has(lowerCase(name));
  }
}

/**
 * The secrets of one request. They are learned from its headers and masked wherever they occur again, for example in a log line, a
 * property or a buffer.
 */
export class Secrets {
  readonly #redaction: Redaction;
  #values: readonly string[] = NONE;
  #longest = 0;

  constructor(redaction: Redaction) {
    this.#redaction = redaction;
  }

  /** The length of the longest known secret. */
  get longest(): number {
    return this.#longest;
  }

  /** @returns whether the value of a header is masked */
  hides(name: string): boolean {
    return this.#redaction.hides(name);
  }

  /** @returns a header's value with secrets masked */
  header(name: string, value: string): string {
    if (!this.#redaction.hides(name)) return this.clean(value);
    this.#learn(lowerCase(name), value);
    return MASK;
  }

  /** @returns a copy of headers with secrets masked; their names must be in lower case */
  headers(pairs: readonly Pair[]): readonly Pair[] {
    // All secrets must be known before values are searched for them.
    for (const [name, value] of pairs) if (this.#redaction.names.has(name)) this.#learn(name, value);
    return this.#longest === 0 ? pairs.slice() : pairs.map(([name, value]): Pair => [name, this.header(name, value)]);
  }

  /** @returns a text with known secrets masked */
  clean(text: string): string {
    let cleaned = text;
    for (const secret of this.#values) {
      if (cleaned === secret) return MASK;
      if (secret.length >= SHORTEST && cleaned.includes(secret)) cleaned = cleaned.replaceAll(secret, MASK);
    }
    return cleaned;
  }

  #learn(name: string, value: string): void {
    for (const secret of [value, ...parts(name, value)]) {
      if (secret === "" || secret === MASK || this.#values.includes(secret)) continue;
      this.#values = [...this.#values, secret];
      this.#longest = Math.max(this.#longest, secret.length);
    }
    // The longest first, so that a token is masked together with its scheme.
    this.#values = this.#values.toSorted((left, right) => right.length - left.length);
  }
}

/** Parts of a header's value that a filter may use alone: a token without its scheme, a cookie without its name. */
function parts(name: string, value: string): string[] {
  if (name.endsWith("authorization")) return [value.slice(value.indexOf(" ") + 1)];
  if (name === "cookie") return value.split(/;\s*/).flatMap((cookie) => [cookie, afterName(cookie)]);
  if (name === "set-cookie") return [value.split(";")[0] ?? "", afterName(value.split(";")[0] ?? "")];
  return [];
}

const afterName = (cookie: string): string => cookie.slice(cookie.indexOf("=") + 1);
