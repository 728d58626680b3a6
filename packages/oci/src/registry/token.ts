import { readBody } from "./body.ts";
import { RegistryError } from "./error.ts";
import { integer, struct, text } from "./go-json.ts";
import { responseError } from "./response-error.ts";
import { basic, type Secret } from "./secret.ts";
import type { Transport } from "./transport.ts";

/** The largest answer that go-containerregistry reads, in bytes. */
const ANSWER_LIMIT = 64 * 1024;

/** What a token server gave. */
export interface Token {
  readonly token: string;
  /** In milliseconds since 1970. */
  readonly expires: number;
}

/**
 * Gets a bearer token: by GET with the password or with nothing (distribution docs/spec/auth/token.md), for an identity token by OAuth2's
 * refresh_token grant (docs/spec/auth/oauth.md), and by GET after all where the server has no POST. That is what go-containerregistry does
 * after 404 (pkg/v1/remote/transport/bearer.go); after 405, others do.
 *
 * @param challenge the parameters of the registry's challenge; the realm is the token server
 * @param scopes what the token must allow
 * @param refusal called with what is taken here, but not by Istio's agent
 * @throws RegistryError if the server refuses or can't be asked
 */
export async function fetchToken(
  transport: Transport,
  { realm, service }: Readonly<Record<string, string>>,
  scopes: readonly string[],
  secret: Secret,
  where: string,
  refusal: (reason: string) => void,
): Promise<Token> {
  if (realm === undefined)
    throw new RegistryError(`${where}: the registry names no token server (Bearer without realm)`);
  if (!URL.canParse(realm)) throw new RegistryError(`${where}: the registry's token server ${realm} is no URL`);
  const url = new URL(realm);
  const asks = `${where}: token from ${url.host}`;
  const { identityToken } = secret;
  let response = identityToken
    ? await transport({ ...byPost(url, service, scopes, identityToken), where: asks })
    : await transport({ ...byGet(url, service, scopes, secret), where: asks });
  if (identityToken && (response.status === 404 || response.status === 405)) {
    if (response.status === 405) {
      refusal(`Istio fails at the token server ${url.host}: it answers a POST with 405, and only 404 leads to GET`);
    }
    await response.body?.cancel();
    response = await transport({ ...byGet(url, service, scopes, secret), where: asks });
  }
  if (response.status !== 200) throw await responseError(asks, response);
  return parse(await readBody(response, ANSWER_LIMIT, asks), asks);
}

function byPost(url: URL, service: string | undefined, scopes: readonly string[], token: string) {
  const form = { grant_type: "refresh_token", client_id: "wasm-header-filter", refresh_token: token };
  const body = new URLSearchParams({ ...form, ...(service && { service }), scope: scopes.join(" ") });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return { method: "POST", url, headers, body: new TextEncoder().encode(body.toString()) };
}

function byGet(realm: URL, service: string | undefined, scopes: readonly string[], secret: Secret) {
  const url = new URL(realm);
  if (service) url.searchParams.set("service", service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  const authorization = basic(secret);
  if (authorization && secret.username) url.searchParams.set("account", secret.username);
  return { method: "GET", url, headers: { ...(authorization && { authorization }) } };
}

const answer = struct({ token: text, access_token: text, refresh_token: text, expires_in: integer });

function parse(bytes: Uint8Array, where: string): Token {
  try {
    // Without a lifetime, a minute (token.md). A tenth is subtracted for the time that the request takes.
    const json = JSON.parse(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
    const { token, access_token, expires_in = 60 } = answer(json, undefined, "");
    const given = access_token || token;
    if (given) return { token: given, expires: Date.now() + expires_in * 900 };
  } catch {
    // The parser's own text would quote what may be a secret.
  }
  throw new RegistryError(`${where}: the answer holds no token`);
}
