import { readBody } from "./body.ts";
import { RegistryError } from "./error.ts";
import { responseError } from "./response-error.ts";
import type { Secret } from "./secret.ts";
import type { Transport } from "./transport.ts";

const ANSWER_LIMIT = 1024 * 1024;

/** What a token server gave. */
export interface Token {
  readonly token: string;
  /** In milliseconds since 1970. */
  readonly expires: number;
}

/**
 * Gets a bearer token: by GET with the password or with nothing (distribution docs/spec/auth/token.md), for an identity token by OAuth2's
 * refresh_token grant (docs/spec/auth/oauth.md).
 *
 * @param challenge the parameters of the registry's challenge; the realm is the token server
 * @param scopes what the token must allow
 * @throws RegistryError if the server refuses or can't be asked
 */
export async function fetchToken(
  transport: Transport,
  { realm = "", service }: Readonly<Record<string, string>>,
  scopes: readonly string[],
  secret: Secret | undefined,
  where: string,
): Promise<Token> {
  if (!URL.canParse(realm)) throw new RegistryError(`${where}: the registry's token server ${realm} is no URL`);
  const url = new URL(realm);
  const asks = `${where}: token from ${url.host}`;
  const response = await transport({ ...request(url, service, scopes, secret), where: asks });
  if (response.status !== 200) throw await responseError(asks, response);
  return parse(await readBody(response, ANSWER_LIMIT, asks), asks);
}

function request(url: URL, service: string | undefined, scopes: readonly string[], secret: Secret | undefined) {
  if (secret?.kind === "identity") {
    const form = { grant_type: "refresh_token", client_id: "wasm-header-filter", refresh_token: secret.token };
    const body = new URLSearchParams({ ...form, ...(service && { service }), scope: scopes.join(" ") });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return { method: "POST", url, headers, body: new TextEncoder().encode(body.toString()) };
  }
  if (service) url.searchParams.set("service", service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  if (secret?.kind !== "password") return { method: "GET", url, headers: {} };
  url.searchParams.set("account", secret.username);
  return { method: "GET", url, headers: { authorization: basic(secret) } };
}

function parse(bytes: Uint8Array, where: string): Token {
  try {
    const { token, access_token, expires_in } = JSON.parse(new TextDecoder().decode(bytes));
    const text = token || access_token;
    // Without a lifetime, a minute (token.md). A tenth is subtracted for the time that the request takes.
    const seconds = typeof expires_in === "number" ? expires_in : 60;
    if (typeof text === "string" && text !== "") return { token: text, expires: Date.now() + seconds * 900 };
  } catch {
    // The parser's own text would quote what may be a secret.
  }
  throw new RegistryError(`${where}: the answer holds no token`);
}

/** The header's value for a user and his password (RFC 7617, UTF-8). */
export function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
