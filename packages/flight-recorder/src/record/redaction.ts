import { lowerCase, type Pair } from "proxy-wasm-host";
import { ConfigurationRules } from "./configuration-rules.ts";
import { KnownSecrets, MASK, SHORTEST } from "./known-secrets.ts";
import { QueryRules } from "./query-rules.ts";

/** Headers whose values are always masked. */
const ALWAYS = ["authorization", "cookie", "proxy-authorization", "set-cookie"];

/** How many values of configurations are known; the oldest are forgotten first. */
const MOST = 1000;

const NONE: readonly string[] = [];

/** The configurations of a plugin. */
interface Configured {
  readonly configuration?: Uint8Array | undefined;
  readonly vmConfiguration?: Uint8Array | undefined;
}

/** What is masked, and the secrets that are known by these rules: they are masked wherever they occur again. */
export class Redaction {
  /** The names of the headers whose values are masked. */
  readonly names: ReadonlySet<string>;
  /** All rules, as they are given. */
  readonly rules: readonly string[];
  readonly #queries: QueryRules;
  readonly #configurations: ConfigurationRules;
  readonly #known = new KnownSecrets();
  readonly #configured = new Set<string>();
  #longestConfigured = 0;

  /**
   * @param more what is masked in addition to the headers that always are: names of headers, in any case; `query:NAME` for a parameter of
   * query strings; `config:PATH` for a value in plugins' configurations, with dots between keys
   * @throws TypeError for another rule
   */
  constructor(more: Iterable<string> = []) {
    const rules = [...more].map(ruleOf);
    const named = (wanted: string) => rules.filter(({ kind }) => kind === wanted).map(({ name }) => name);
    this.names = new Set([...ALWAYS, ...named("header").map(lowerCase)]);
    this.#queries = new QueryRules(named("query"));
    this.#configurations = new ConfigurationRules(named("config"));
    this.rules = [
      ...[...this.names].sort(),
      ...rules.filter(({ kind }) => kind !== "header").map(({ kind, name }) => `${kind}:${name}`),
    ];
  }

  /** Whether a text can hold anything to mask. */
  get idle(): boolean {
    return this.#known.size === 0 && this.#queries.size === 0 && this.#configured.size === 0;
  }

  /** No secret that is known has more characters. */
  get longest(): number {
    return Math.max(this.#longestConfigured, this.#known.longest);
  }

  /** @returns whether the value of a header is masked */
  hides(name: string): boolean {
    return this.names.has(name) || this.names.has(lowerCase(name));
  }

  /** Learns the secrets in the configurations of plugins. It must be called before they are configured. */
  configure(plugins: readonly object[]): void {
    for (const { configuration, vmConfiguration } of plugins as readonly Configured[]) {
      for (const bytes of [configuration, vmConfiguration])
        if (bytes) this.configuration(Buffer.from(bytes).toString());
    }
  }

  /** @returns a plugin's whole configuration with secrets masked */
  configuration(text: string): string {
    const cleaned = this.#configurations.clean(text, (secret) => {
      if (secret === "") return;
      this.#configured.delete(secret);
      this.#configured.add(secret);
      this.#longestConfigured = Math.max(this.#longestConfigured, secret.length);
      const [oldest] = this.#configured;
      if (this.#configured.size > MOST && oldest !== undefined) this.#configured.delete(oldest);
    });
    return this.clean(cleaned);
  }

  /** Learns a secret. */
  learn(secret: string): void {
    this.#known.add(secret);
    if (secret.length < SHORTEST || !/[\u0080-\uffff]/.test(secret)) return;
    // Some texts have one character per byte, others are decoded.
    if (!/[\u0100-\uffff]/.test(secret)) this.#known.add(Buffer.from(secret, "latin1").toString("utf8"));
    this.#known.add(Buffer.from(secret, "utf8").toString("latin1"));
  }

  /** @returns a text with known secrets masked */
  clean(text: string): string {
    if (this.idle) return text;
    let cleaned = this.#queries.clean(text, (secret) => this.learn(secret));
    for (const secret of this.#configured) {
      if (cleaned === secret) return MASK;
      if (secret.length >= SHORTEST) cleaned = cleaned.replaceAll(secret, MASK);
      else cleaned = cleaned.replaceAll(`"${secret}"`, `"${MASK}"`);
    }
    return this.#known.clean(cleaned);
  }
}

/** @throws TypeError */
function ruleOf(text: string): { readonly kind: string; readonly name: string } {
  const [, kind = "header", name = ""] = /^(?:(query|config):)?(.*)$/s.exec(text) ?? [];
  if (name !== "" && (kind !== "header" || /^[!#$%&'*+.^_`|~\w-]+$/.test(name))) return { kind, name };
  throw new TypeError(`${text}: expected the name of a header, query:NAME or config:PATH, such as config:auth.token`);
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

  /** Whether a text can hold anything to mask. */
  get idle(): boolean {
    return this.#longest === 0 && this.#redaction.idle;
  }

  /** The length of the longest known secret. */
  get longest(): number {
    return Math.max(this.#longest, this.#redaction.longest);
  }

  /** @returns whether the value of a header is masked */
  hides(name: string): boolean {
    return this.#redaction.hides(name);
  }

  /** @returns a header's value with secrets masked */
  header(name: string, value: string): string {
    if (!this.#redaction.hides(name)) return this.clean(value);
    this.#learn(lowerCase(name), value);
    return value && MASK;
  }

  /** Learns the secrets of headers, whose names must be in lower case. */
  learn(pairs: readonly Pair[]): void {
    for (const [name, value] of pairs) {
      if (this.#redaction.names.has(name)) this.#learn(name, value);
      else if (name === ":path") this.clean(value);
    }
  }

  /** @returns a copy of headers with secrets masked; their names must be in lower case */
  headers(pairs: readonly Pair[]): readonly Pair[] {
    // All secrets must be known before values are searched for them.
    this.learn(pairs);
    if (this.idle) return pairs.slice();
    return pairs.map((pair): Pair => {
      const [name, value] = pair;
      const clean = this.header(name, value);
      return clean === value ? pair : [name, clean];
    });
  }

  /** @returns a plugin's whole configuration with secrets masked */
  configuration(text: string): string {
    return this.clean(this.#redaction.configuration(text));
  }

  /** @returns a text with known secrets masked */
  clean(text: string): string {
    let cleaned = text;
    for (const secret of this.#values) {
      if (cleaned === secret) return MASK;
      if (secret.length >= SHORTEST && cleaned.includes(secret)) cleaned = cleaned.replaceAll(secret, MASK);
    }
    return this.#redaction.clean(cleaned);
  }

  #learn(name: string, value: string): void {
    for (const secret of secretsOf(name, value)) {
      if (secret === "" || secret === MASK) continue;
      this.#redaction.learn(secret);
      if (this.#values.includes(secret)) continue;
      this.#values = [...this.#values, secret];
      this.#longest = Math.max(this.#longest, secret.length);
    }
    // The longest first, so that a token is masked together with its scheme.
    this.#values = this.#values.toSorted((left, right) => right.length - left.length);
  }
}

/** A header's value and the parts of it that a filter may use alone: a token without its scheme, a cookie without its name. */
export function secretsOf(name: string, value: string): string[] {
  if (name.endsWith("authorization")) {
    const token = value.slice(value.indexOf(" ") + 1);
    return [value, token, ...(/^basic /i.test(value) ? basic(token) : [])];
  }
  if (name === "cookie") return [value, ...value.split(/;\s*/).flatMap((cookie) => [cookie, afterName(cookie)])];
  const [cookie = ""] = value.split(";");
  return name === "set-cookie" ? [value, cookie, afterName(cookie)] : [value];
}

/** User name and password, and the password alone. */
function basic(token: string): string[] {
  const decoded = Buffer.from(token, "base64").toString("latin1");
  return decoded.includes(":") ? [decoded, decoded.slice(decoded.indexOf(":") + 1)] : [];
}

const afterName = (cookie: string): string => cookie.slice(cookie.indexOf("=") + 1);
