/** A key in one of two forms; the other one is empty. */
export interface Key {
  /** SubjectPublicKeyInfo of a public key, PKCS #8 of a private one. */
  readonly der: Uint8Array;
  readonly pem: string;
}

/** Makes and verifies signatures: PKCS #1 v1.5 for RSA, ECDSA in DER for elliptic curves. Nothing here throws. */
export interface Signatures {
  /**
   * @param hash `sha1`, `sha224`, `sha256`, `sha384` or `sha512`
   * @returns whether it is the text's signature; undefined if the key is no RSA or EC key
   */
  verify(hash: string, key: Key, signature: Uint8Array, text: Uint8Array): boolean | undefined;
  /** @returns the signature; `no key` if the key can't be read, `wrong key` if it can't sign so */
  sign(hash: string, key: Key, text: Uint8Array): Uint8Array | "no key" | "wrong key";
}
