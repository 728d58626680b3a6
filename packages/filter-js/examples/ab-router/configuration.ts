import { BufferType, decodeUtf8, type Host } from "@wasm-header-filter/filter-js/guest";

/** A variant of the service, and how many of all clients get it. */
export interface Variant {
  readonly name: string;
  readonly weight: number;
}

export interface Configuration {
  readonly variants: readonly Variant[];
  /** The request header that routes match, in lower case. */
  readonly header: string;
  readonly cookie: string;
  /** How long clients keep their variant, in seconds. */
  readonly maxAge: number;
}

const NAME = /^[\w-]{1,64}$/;

/**
 * Reads the plugin's configuration.
 *
 * @param size in bytes
 * @throws Error which names the key and what was expected
 */
export function readConfiguration(host: Host, size: number): Configuration {
  const bytes = size > 0 ? host.getBuffer(BufferType.PluginConfiguration, 0, size).value : undefined;
  const given: Partial<Record<keyof Configuration, unknown>> = JSON.parse((bytes && decodeUtf8(bytes)) ?? "null") ?? {};
  const { header = "x-ab-variant", cookie = "ab-variant", maxAge = 2_592_000 } = given;
  const weights = Object.entries(given.variants ?? {});
  const variants = weights.map(([name, weight]) => ({ name, weight: Number(weight) }));
  if (!variants.every(({ name, weight }) => NAME.test(name) && Number.isInteger(weight) && weight >= 0)) {
    throw new Error('variants: expected names and weights, such as {"a": 90, "b": 10}');
  }
  if (variants.reduce((sum, { weight }) => sum + weight, 0) <= 0)
    throw new Error("variants: expected a weight above 0");
  if (typeof header !== "string" || !NAME.test(header)) throw new Error("header: expected a header's name");
  if (typeof cookie !== "string" || !NAME.test(cookie)) throw new Error("cookie: expected a cookie's name");
  if (typeof maxAge !== "number" || !Number.isInteger(maxAge)) throw new Error("maxAge: expected seconds");
  return { variants, header: header.toLowerCase(), cookie, maxAge };
}
