import { lowerCase, type Pair } from "proxy-wasm-host";

/** What stands where a secret stood. */
export const MASK = "(masked)";

/** Headers whose values are never kept. */
const ALWAYS = ["authorization", "cookie", "proxy-authorization", "set-cookie"];

/** Shorter texts are hidden where they stand alone, not within others, which would become unreadable. */
const SHORTEST = 6;

const NONE: readonly string[] = [];

/** Which headers hold secrets. */
export class Redaction {
  readonly names: ReadonlySet<string>;

  /** @param more names of headers in any case, beside those that always hold secrets */
  constructor(more: Iterable<string> = []) {
    this.names = new Set([...ALWAYS, ...Array.from(more, lowerCase)]);
  }

  /** Whether a header's value is hidden. */
  hides(name: string): boolean {
    return this.names.has(name) || this.names.has(lowerCase(name));
  }
}

/**
 * The secrets of one exchange, and how to hide them: by a header's name, and wherever the value of such a header turns up again, be
 * it in a log line, a property or a buffer.
 */
export class Secrets {
  readonly #redaction: Redaction;
  #values: readonly string[] = NONE;
  #longest = 0;

  constructor(redaction: Redaction) {
    this.#redaction = redaction;
  }

  /** The length of the longest secret known. */
  get longest(): number {
    return this.#longest;
  }

  /** Whether a name is that of a header with a secret. */
  hides(name: string): boolean {
    return this.#redaction.hides(name);
  }

  /** A header's value, hidden if it is a secret or holds one. */
  header(name: string, value: string): string {
    if (!this.#redaction.hides(name)) return this.clean(value);
    this.#learn(lowerCase(name), value);
    return MASK;
  }

  /** A copy of headers, names in lower case, with their secrets hidden. */
  headers(pairs: readonly Pair[]): readonly Pair[] {
    // Values are looked through once all secrets are known.
    for (const [name, value] of pairs) if (this.#redaction.names.has(name)) this.#learn(name, value);
    return this.#longest === 0 ? pairs.slice() : pairs.map(([name, value]): Pair => [name, this.header(name, value)]);
  }

  /** A text with the secrets in it hidden. */
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
    // The longest first: a token goes with its scheme where both stand.
    this.#values = this.#values.toSorted((left, right) => right.length - left.length);
  }
}

/** What a filter may pick out of a header's value: a token without its scheme, a cookie without its name. */
function parts(name: string, value: string): string[] {
  if (name.endsWith("authorization")) return [value.slice(value.indexOf(" ") + 1)];
  if (name === "cookie") return value.split(/;\s*/).flatMap((cookie) => [cookie, afterName(cookie)]);
  if (name === "set-cookie") return [value.split(";")[0] ?? "", afterName(value.split(";")[0] ?? "")];
  return [];
}

const afterName = (cookie: string): string => cookie.slice(cookie.indexOf("=") + 1);
