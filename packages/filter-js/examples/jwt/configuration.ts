import { type Host, readJson } from "@wasm-header-filter/filter-js/guest";

export interface Configuration {
  /** The cluster that has the keys. */
  readonly cluster: string;
  readonly path: string;
  readonly authority: string;
  /** How long a call for the keys may take, in milliseconds. */
  readonly timeout: number;
  /** How long the keys are used, in seconds. */
  readonly maxAge: number;
  /** How long after a call there is no other one for an unknown key, or because the call has failed, in seconds. */
  readonly cooldown: number;
  readonly issuer: string;
  /** A token is for at least one of them. */
  readonly audiences: readonly string[];
  /** By how much the clocks of issuer and proxy may differ, in seconds. */
  readonly clockSkew: number;
  /** Request headers in lower case, and the claims that they get. */
  readonly headers: readonly (readonly [name: string, claim: string])[];
}

type Given = Readonly<Record<string, unknown>>;

const KEYS = ["cluster", "path", "authority", "timeout", "maxAge", "cooldown"];
const RULES = ["issuer", "audience", "clockSkew", "headers"];
const NAME = /^[\w-]+$/;

/**
 * Reads the plugin's configuration.
 *
 * @param size in bytes
 * @throws Error which names the key and what was expected
 */
export function readConfiguration(host: Host, size: number): Configuration {
  const { value, error } = readJson(host, size);
  if (error !== undefined) throw new Error(error);
  if (!isRecord(value))
    throw new Error('expected an object, such as {"cluster": "keys", "issuer": "…", "audience": "…"}');
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key) && !RULES.includes(key));
  if (unknown !== undefined) throw new Error(`${unknown}: expected one of ${[...KEYS, ...RULES].join(", ")}`);
  const cluster = text(value, "cluster", "the name of a cluster");
  const path = text(value, "path", "a path, such as /jwks.json", "/.well-known/jwks.json");
  if (!path.startsWith("/")) throw new Error("path: expected a path, such as /jwks.json");
  return {
    cluster,
    path,
    authority: text(value, "authority", "a host's name", cluster),
    timeout: number(value, "timeout", "milliseconds", 5000, 1),
    maxAge: number(value, "maxAge", "seconds", 600),
    cooldown: number(value, "cooldown", "seconds", 10),
    issuer: text(value, "issuer", "what tokens have as iss"),
    audiences: audiences(value.audience),
    clockSkew: number(value, "clockSkew", "seconds", 60),
    headers: headers(value.headers ?? { "x-jwt-sub": "sub" }),
  };
}

function isRecord(value: unknown): value is Given {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(given: Given, key: string, expected: string, usual?: string): string {
  const value = given[key] ?? usual;
  if (typeof value === "string" && value !== "") return value;
  throw new Error(`${key}: expected ${expected}`);
}

function number(given: Given, key: string, unit: string, usual: number, least = 0): number {
  const value = given[key] ?? usual;
  if (typeof value === "number" && Number.isInteger(value) && value >= least) return value;
  throw new Error(`${key}: expected ${unit}, a whole number from ${least}`);
}

function audiences(given: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length > 0 && list.every((one) => typeof one === "string" && one !== "")) return list as readonly string[];
  throw new Error("audience: expected what tokens have as aud, or a list");
}

function headers(given: unknown): Configuration["headers"] {
  const pairs = isRecord(given) ? Object.entries(given) : [];
  if (isRecord(given) && pairs.every(([name, claim]) => NAME.test(name) && typeof claim === "string"))
    return pairs.map(([name, claim]) => [name.toLowerCase(), claim as string]);
  throw new Error('headers: expected names and claims, such as {"x-jwt-sub": "sub"}');
}
