import {
  Action,
  defineFilter,
  type Header,
  LogLevel,
  MapType,
  MetricType,
  type Name,
  respond,
  statusName,
} from "@wasm-header-filter/filter-js/guest";
import { type Configuration, readConfiguration } from "./configuration.ts";
import { KeySet } from "./key-set.ts";
import { ALGORITHMS, type Claims, faultOf, readToken, type Token } from "./token.ts";

interface Plugin extends Configuration {
  readonly keys: KeySet;
  /** The headers of the configuration, and their claims. */
  readonly names: readonly (readonly [name: Name, claim: string])[];
  readonly denied: number;
  readonly failed: number;
}

/** Why a request doesn't go on. */
interface Refusal {
  readonly status: 401 | 503;
  /** RFC 6750's code for a token that is wrong; undefined: there is none. */
  readonly error?: "invalid_token";
  readonly message: string;
}

const invalid = (message: string): Refusal => ({ status: 401, error: "invalid_token", message });

/** Lets only requests pass that have a JSON Web Token of a certain issuer, and tells the upstream what the token claims. */
export default defineFilter<Plugin>((host) => {
  const authorization = host.internName("authorization");

  function counter(name: string): number {
    const defined = host.defineMetric(MetricType.Counter, name);
    if (defined.value === undefined) throw new Error(`${name}: ${statusName(defined.status)}`);
    return defined.value;
  }

  /** The request's token, if it is as it must be but for its signature. */
  function tokenOf(plugin: Plugin, now: number): Token | Refusal {
    const given = host.getHeader(MapType.RequestHeaders, authorization).value ?? "";
    const [, scheme = "", text] = /^(bearer +)(\S+)$/i.exec(given) ?? [];
    if (text === undefined) return { status: 401, message: "expected a bearer token" };
    // The host has the bytes that are signed: to encode the text again would cost as much as to read the token.
    const { value: bytes } = host.getProperty(["request", "headers", "authorization"]);
    const token = readToken(text, (bytes ?? new Uint8Array(0)).slice(scheme.length));
    if (typeof token === "string") return invalid(token);
    const fault = faultOf(token.claims, plugin, now / 1000);
    return fault === undefined ? token : invalid(fault);
  }

  function refuse({ denied, failed }: Plugin, { status, error, message }: Refusal): Action {
    host.incrementMetric(status === 401 ? denied : failed, 1);
    const challenge = error ? `Bearer error="${error}", error_description="${message}"` : "Bearer";
    const headers: Header[] = [["content-type", "application/json"]];
    if (status === 401) headers.push(["www-authenticate", challenge]);
    const details = status === 401 ? "jwt_denied" : "jwt_failed";
    respond(host, { status, headers, body: JSON.stringify({ status, message }), details });
    return Action.Pause;
  }

  function admit({ names }: Plugin, claims: Claims): Action {
    // The client's own headers must not be trusted.
    for (const [name, claim] of names) {
      const value = headerValue(claims[claim]);
      if (value === undefined) host.removeHeader(MapType.RequestHeaders, name);
      else host.replaceHeader(MapType.RequestHeaders, name, value);
    }
    return Action.Continue;
  }

  return {
    onConfigure(size) {
      try {
        const configuration = readConfiguration(host, size);
        return {
          ...configuration,
          keys: new KeySet(host, configuration),
          names: configuration.headers.map(([name, claim]) => [host.internName(name), claim]),
          denied: counter("jwt_denied"),
          failed: counter("jwt_failed"),
        };
      } catch (error) {
        host.log(LogLevel.Error, `jwt: configuration refused: ${(error as Error).message}`);
        return undefined;
      }
    },

    async onRequestHeaders(plugin) {
      try {
        const now = Date.now();
        const token = tokenOf(plugin, now);
        // Before the keys, so that a token that can't be good doesn't ask for them.
        if ("status" in token) return refuse(plugin, token);
        const { algorithm, kid, claims, signature, signed } = token;
        // Each await costs as much as reading the token.
        const keys = plugin.keys.known(algorithm, kid, now) ?? (await plugin.keys.fetched(algorithm, kid, now));
        if (!keys) return refuse(plugin, { status: 503, message: "the keys could not be fetched" });
        if (keys.length === 0) return refuse(plugin, invalid("the key is unknown"));
        for (const { key } of keys) {
          if (await crypto.subtle.verify(ALGORITHMS[algorithm], key, signature, signed)) return admit(plugin, claims);
        }
        return refuse(plugin, invalid("the signature is wrong"));
      } catch (error) {
        // An exception would let the request go on.
        host.log(LogLevel.Error, `jwt: ${error}`);
        return refuse(plugin, { status: 503, message: "the token could not be checked" });
      }
    },
  };
});

/** What a header gets of a claim; undefined if it can't be one: a line break would begin another header. */
function headerValue(claim: unknown): string | undefined {
  if (typeof claim !== "string" && typeof claim !== "number" && typeof claim !== "boolean") return undefined;
  const text = String(claim);
  return /^[^\p{Cc}]+$/u.test(text) ? text : undefined;
}
