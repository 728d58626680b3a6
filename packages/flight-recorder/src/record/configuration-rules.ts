import { MASK } from "./known-secrets.ts";

/** Every key of an object, every element of a list; alone, also a configuration that is no JSON. */
const EVERY = "*";

/** The paths of the values in plugins' configurations that are masked. */
export class ConfigurationRules {
  readonly #paths: readonly (readonly string[])[];

  /** @param paths keys and indices between dots; a dot in a key is written `\.`; the elements of a list need no part of their own */
  constructor(paths: readonly string[]) {
    this.#paths = paths.map((path) => path.split(/(?<!\\)\./).map((part) => part.replaceAll("\\.", ".")));
  }

  /**
   * Masks values in a configuration.
   *
   * @param text the whole configuration
   * @param learn gets each value, in each form that it may have in the text
   * @returns the text itself if nothing is masked
   */
  clean(text: string, learn: (value: string) => void): string {
    if (this.#paths.length === 0 || text === "") return text;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      if (!this.#paths.some((path) => path.length === 1 && path[0] === EVERY)) return text;
      learn(text);
      return MASK;
    }
    let found = false;
    const learnt = (leaf: unknown) => {
      found = true;
      for (const form of formsOf(leaf)) learn(form);
    };
    for (const path of this.#paths) value = masked(value, path, learnt);
    return found ? JSON.stringify(value) : text;
  }
}

/** A copy of a value in which everything at a path is masked. */
function masked(value: unknown, path: readonly string[], learn: (leaf: unknown) => void): unknown {
  const [part, ...rest] = path;
  if (value === null || typeof value !== "object") {
    if (part !== undefined || value === MASK) return value;
    learn(value);
    return MASK;
  }
  if (Array.isArray(value)) {
    const index = part !== undefined && /^\d+$/.test(part) ? Number(part) : undefined;
    if (index !== undefined)
      return value.map((one, at) => (at === index ? masked(one, rest, learn) : masked(one, path, learn)));
    return value.map((one) => masked(one, part === EVERY ? rest : path, learn));
  }
  const entries = Object.entries(value).map(([key, one]) => {
    const wanted = part === undefined || part === EVERY || part === key;
    return [key, wanted ? masked(one, rest, learn) : one] as const;
  });
  return Object.fromEntries(entries);
}

/** A value as a filter gets it, and as it is written in JSON by JavaScript and by Go, in which Istio is written. */
function formsOf(leaf: unknown): Set<string> {
  const text = String(leaf);
  const json = JSON.stringify(text).slice(1, -1);
  const go = json.replace(/[<>&\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return new Set([text, json, go]);
}
