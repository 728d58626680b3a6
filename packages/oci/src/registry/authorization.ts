import { type Challenge, parseChallenges } from "./challenge.ts";
import { findSecret } from "./docker-config.ts";
import type { Endpoint } from "./endpoint.ts";
import { RegistryError } from "./error.ts";
import type { RegistryOptions } from "./options.ts";
import { refusedRealm } from "./realm.ts";
import { responseError } from "./response-error.ts";
import { joinScopes } from "./scope.ts";
import { basic, type Secret } from "./secret.ts";
import { fetchToken, type Token } from "./token.ts";
import type { Transport } from "./transport.ts";

/** The `authorization` headers for one registry. */
export interface Authorization {
  /** The header for a request with a scope, as far as it is known before the registry asks. */
  before(scope: string, where: string): Promise<string | undefined>;
  /** The header that answers a challenge; nothing if there are no credentials for it. `header` is null if the registry sent none. */
  answer(header: string | null, scope: string, where: string): Promise<string | undefined>;
  /** What a user can do when the registry denies access. */
  hint(): string;
}

/**
 * Remembers a registry's authentication scheme, and a token for each scope. Credentials are looked up when the registry first asks for
 * them.
 *
 * With the option `handshake`, authentication goes as in go-containerregistry (pkg/v1/remote/transport/transport.go): the credentials
 * are looked up in any case, `/v2/` is asked first, and its answer decides about the scheme; user and password are sent with every request
 * unless it is Bearer.
 */
export function createAuthorization(endpoint: Endpoint, transport: Transport, options: RegistryOptions): Authorization {
  const { host, origin } = endpoint;
  const { credentials, dockerConfig, handshake = false } = options;
  const tokens = new Map<string, Token>();
  let always: string | undefined;
  let bearer: Challenge | undefined;
  let secret: Secret | undefined;
  let shaken = false;

  const reasons = new Set<string>();
  const refusal = (reason: string) => {
    if (!reasons.has(reason)) options.refusedByIstio?.(reason);
    reasons.add(reason);
  };

  const look = async (): Promise<Secret> => {
    secret ??= credentials ?? (await findSecret(endpoint, dockerConfig));
    return secret ?? {};
  };

  const check = (header: string) => {
    const reason = refusedRealm(header);
    if (reason) refusal(`Istio refuses the registry ${host}: "rejected unsafe bearer realm: ${reason}"`);
  };

  const token = async ({ parameters }: Challenge, scope: string, where: string) => {
    const known = await look();
    if (known.registryToken) return `Bearer ${known.registryToken}`;
    const scopes = joinScopes(parameters.scope ?? "", scope);
    const answer = await fetchToken(transport, parameters, scopes, known, where, refusal);
    tokens.set(scope, answer);
    return `Bearer ${answer.token}`;
  };

  const shake = async (where: string) => {
    const known = await look();
    const response = await transport({ method: "GET", url: new URL("/v2/", origin), headers: {}, where });
    if (response.status !== 200 && response.status !== 401) throw await responseError(`${where}: GET /v2/`, response);
    await response.body?.cancel();
    const header = response.status === 401 ? response.headers.get("www-authenticate") : null;
    if (header) check(header);
    bearer = bearerOf(header);
    always = known.registryToken ? `Bearer ${known.registryToken}` : basic(known);
    shaken = true;
  };

  return {
    async before(scope, where) {
      if (handshake && !shaken) await shake(where);
      const kept = tokens.get(scope);
      if (kept && kept.expires > Date.now()) return `Bearer ${kept.token}`;
      return bearer ? token(bearer, scope, where) : always;
    },
    async answer(header, scope, where) {
      if (header !== null) check(header);
      const known = await look();
      if (handshake && !bearer) return undefined;
      if (header === null) return undefined;
      const found = challengeOf(header);
      if (bearer || found?.scheme === "bearer") {
        const parameters = { ...found?.parameters, ...bearer?.parameters, scope: found?.parameters.scope ?? "" };
        return token({ scheme: "bearer", parameters }, scope, where);
      }
      if (!found) {
        const wanted = parseChallenges(header).map(({ scheme }) => scheme);
        const said = wanted.join(", ") || "nothing that can be read";
        throw new RegistryError(`${where}: the registry asks for ${said}, expected basic or bearer`, { status: 401 });
      }
      always = known.registryToken ? `Bearer ${known.registryToken}` : basic(known);
      return always;
    },
    hint() {
      if (!secret) return `no credentials for ${host}, see docker login and --username`;
      const { registryToken, identityToken, username } = secret;
      return registryToken || identityToken ? "with the token that docker login stored" : `as ${username}`;
    },
  };
}

/** A challenge that can be answered: Bearer, or else Basic. */
function challengeOf(header: string): Challenge | undefined {
  const challenges = parseChallenges(header);
  return ["bearer", "basic"].map((known) => challenges.find(({ scheme }) => scheme === known)).find(Boolean);
}

/** The first challenge that go-containerregistry knows, if it is Bearer. */
function bearerOf(header: string | null): Challenge | undefined {
  const first = parseChallenges(header ?? "").find(({ scheme }) => scheme === "bearer" || scheme === "basic");
  return first?.scheme === "bearer" ? first : undefined;
}
