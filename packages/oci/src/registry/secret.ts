/** What a user is known by to a registry, as an entry of Docker's configuration has it; empty for nobody. */
export interface Secret {
  readonly username?: string;
  readonly password?: string;
  /** An OAuth2 refresh token; the token server gives access tokens for it. */
  readonly identityToken?: string;
  /** A bearer token for the registry itself. */
  readonly registryToken?: string;
}

/** The `authorization` header with the user and password (RFC 7617, UTF-8); undefined unless there are both. */
export function basic({ username, password }: Secret): string | undefined {
  return username && password ? `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` : undefined;
}

/** Whether it says anything. */
export const isKnown = (secret: Secret): boolean => Object.values(secret).some(Boolean);
