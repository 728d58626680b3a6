import { type Challenge, parseChallenges } from "./challenge.ts";
import { findSecret } from "./docker-config.ts";
import type { Endpoint } from "./endpoint.ts";
import { RegistryError } from "./error.ts";
import type { RegistryOptions } from "./options.ts";
import { joinScopes } from "./scope.ts";
import type { Secret } from "./secret.ts";
import { basic, fetchToken, type Token } from "./token.ts";
import type { Transport } from "./transport.ts";

/** The `authorization` headers for one registry. */
export interface Authorization {
  /** The header for a scope, if a token for it is still valid or the registry takes basic authentication. */
  known(scope: string): string | undefined;
  /** The header that answers a challenge; nothing if there are no credentials for it. */
  answer(challenges: string, scope: string, where: string): Promise<string | undefined>;
  /** What a user can do when the registry denies access. */
  hint(): string;
}

/** Remembers a registry's authentication scheme, and a token for each scope. Credentials are looked up when it first asks for them. */
export function createAuthorization(
  { host }: Endpoint,
  transport: Transport,
  { credentials, dockerConfig }: RegistryOptions,
): Authorization {
  const tokens = new Map<string, Token>();
  let always: string | undefined;
  let secret: Secret | undefined;

  const answerOne = async ({ scheme, parameters }: Challenge, scope: string, where: string) => {
    if (scheme === "basic") return secret?.kind === "password" ? basic(secret) : undefined;
    if (secret?.kind === "bearer") return `Bearer ${secret.token}`;
    const scopes = joinScopes(parameters.scope ?? "", scope);
    const token = await fetchToken(transport, parameters, scopes, secret, where);
    tokens.set(scope, token);
    return `Bearer ${token.token}`;
  };

  return {
    known(scope) {
      const token = tokens.get(scope);
      return token && token.expires > Date.now() ? `Bearer ${token.token}` : always;
    },
    async answer(header, scope, where) {
      const challenges = parseChallenges(header);
      const schemes = challenges.map(({ scheme }) => scheme);
      const challenge = ["bearer", "basic"].map((known) => challenges[schemes.indexOf(known)]).find(Boolean);
      if (!challenge) {
        const wanted = schemes.join(", ") || "nothing that can be read";
        throw new RegistryError(`${where}: the registry asks for ${wanted}, expected basic or bearer`, { status: 401 });
      }
      secret ??= credentials ? { kind: "password", ...credentials } : await findSecret(host, dockerConfig);
      const answer = await answerOne(challenge, scope, where);
      if (challenge.scheme === "basic") always = answer;
      return answer;
    },
    hint() {
      if (!secret) return `no credentials for ${host}, see docker login and --username`;
      return secret.kind === "password" ? `as ${secret.username}` : "with the token that docker login stored";
    },
  };
}
