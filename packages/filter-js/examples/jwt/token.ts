import { decodeUtf8 } from "@wasm-header-filter/filter-js/guest";

/** What a token says (RFC 7519). */
export type Claims = Readonly<Record<string, unknown>>;

type Bytes = Uint8Array<ArrayBuffer>;

/** A token whose signature was not looked at (RFC 7515). */
export interface Token {
  readonly algorithm: Algorithm;
  /** The key's id. */
  readonly kid: string | undefined;
  readonly claims: Claims;
  readonly signed: Bytes;
  readonly signature: Bytes;
}

/** The rules for the claims of a token; times are in seconds. */
export interface Rules {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly clockSkew: number;
}

/** The algorithms that are allowed (RFC 7518), with their parameters in Web Crypto. */
export const ALGORITHMS = {
  ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
} as const;
export type Algorithm = keyof typeof ALGORITHMS;

// Both engines have it, but not TypeScript's library.
const { fromBase64 } = Uint8Array as unknown as {
  fromBase64(text: string, options: { readonly alphabet: "base64url" }): Bytes;
};

/**
 * Reads a token, and checks all but its signature and its claims.
 *
 * @param text the token
 * @param bytes the same
 * @returns what is wrong as a text
 */
export function readToken(text: string, bytes: Bytes): Token | string {
  const [, header, payload, signature] = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(text) ?? [];
  if (!header || !payload || !signature) return "the token is malformed";
  try {
    const { alg, kid, crit } = read(header);
    const claims = read(payload);
    if (alg !== "ES256" && alg !== "RS256") return "the algorithm is not allowed";
    if (kid !== undefined && typeof kid !== "string") return "the token is malformed";
    // Who doesn't know an extension that is critical must refuse the token; none is known here.
    if (crit !== undefined) return "the token has critical extensions";
    const signed = bytes.subarray(0, header.length + 1 + payload.length);
    return { algorithm: alg, kid, claims, signed, signature: decode(signature) };
  } catch {
    return "the token is malformed";
  }
}

/**
 * Checks the claims.
 *
 * @param now seconds since 1970
 * @returns what is wrong; undefined if nothing is
 */
export function faultOf({ iss, aud, exp, nbf }: Claims, { issuer, audiences, clockSkew }: Rules, now: number) {
  if (iss !== issuer) return "the issuer is another one";
  const given: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.some((audience) => given.includes(audience))) return "the token is for another audience";
  if (typeof exp !== "number") return "the token has no time at which it expires";
  if (now - clockSkew >= exp) return "the token has expired";
  if (nbf !== undefined && typeof nbf !== "number") return "the token's nbf is not a time";
  if (nbf !== undefined && now + clockSkew < nbf) return "the token is not valid yet";
  return undefined;
}

const decode = (base64url: string): Bytes => fromBase64(base64url, { alphabet: "base64url" });

/** Reads base64url of a JSON object. @throws SyntaxError or TypeError if it is none */
function read(base64url: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(decodeUtf8(decode(base64url)) ?? "");
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Claims;
  throw new TypeError("no object");
}
