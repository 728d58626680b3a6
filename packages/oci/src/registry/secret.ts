/** What a user proves himself with. */
export type Secret =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  /** An OAuth2 refresh token; the token server gives access tokens for it. */
  | { readonly kind: "identity"; readonly token: string }
  /** A bearer token for the registry itself. */
  | { readonly kind: "bearer"; readonly token: string };
