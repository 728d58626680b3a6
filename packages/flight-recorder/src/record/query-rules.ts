import { MASK } from "./known-secrets.ts";

/** `name=value` at the start of a text or behind what separates parameters, or words. */
const PARAMETER = /(^|[?&\s"'(])([^=&?#\s"'(]+)=([^&#\s]*)/g;

/** The names of the parameters of query strings whose values are masked. */
export class QueryRules {
  readonly #names: ReadonlySet<string>;

  /** @param names in any case */
  constructor(names: readonly string[]) {
    this.#names = new Set(names.map((name) => name.toLowerCase()));
  }

  get size(): number {
    return this.#names.size;
  }

  /**
   * Masks parameters in a path, a query string or any other text.
   *
   * @param learn gets each value, as it is and decoded
   */
  clean(text: string, learn: (value: string) => void): string {
    if (this.#names.size === 0 || !text.includes("=")) return text;
    return text.replace(PARAMETER, (all: string, before: string, name: string, value: string) => {
      if (value === "" || value === MASK || !this.#names.has(decoded(name).toLowerCase())) return all;
      learn(value);
      if (decoded(value) !== value) learn(decoded(value));
      return `${before}${name}=${MASK}`;
    });
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
