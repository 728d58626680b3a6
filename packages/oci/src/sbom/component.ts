/** A piece of software that an image holds or that made it. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** Its package URL (package-url/purl-spec). */
  readonly purl: string;
  /** As its package says: an SPDX expression. */
  readonly license?: string;
  /** Of its archive. */
  readonly hash?: { readonly alg: "SHA-256" | "SHA-512"; readonly content: string };
}
