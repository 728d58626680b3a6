import { ALGORITHMS, type Algorithm } from "./token.ts";

/** A key that signs tokens. */
export interface Key {
  readonly kid: string | undefined;
  readonly algorithm: Algorithm;
  readonly key: Awaited<ReturnType<typeof crypto.subtle.importKey>>;
}

/**
 * Reads a JSON Web Key Set (RFC 7517). Keys that can't be used are left out: others may be.
 *
 * @throws SyntaxError or TypeError if it is none
 */
export async function readKeys(text: string): Promise<readonly Key[]> {
  const { keys } = JSON.parse(text);
  if (!Array.isArray(keys)) throw new TypeError("it has no keys");
  const read: Key[] = [];
  for (const jwk of keys) {
    const algorithm = jwk?.kty === "EC" ? "ES256" : "RS256";
    if (jwk?.use === "enc" || (jwk?.alg ?? algorithm) !== algorithm) continue;
    try {
      const key = await crypto.subtle.importKey("jwk", jwk, ALGORITHMS[algorithm], false, ["verify"]);
      read.push({ kid: jwk.kid, algorithm, key });
    } catch {}
  }
  return read;
}
