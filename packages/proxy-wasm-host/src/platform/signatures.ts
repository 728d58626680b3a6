/** A key in one of two forms; the other one is empty. */
export interface Key {
  /** SubjectPublicKeyInfo of a public key, PKCS #8 of a private one. */
  readonly der: Uint8Array;
  readonly pem: string;
}

/** Signs and verifies: PKCS #1 v1.5 for RSA keys, ECDSA in DER for elliptic curves. Must not throw. */
export interface Signatures {
  /**
   * @param hash `sha1`, `sha224`, `sha256`, `sha384` or `sha512`
   * @returns whether the signature is valid for the text; undefined if the key is not an RSA or EC key
   */
  verify(hash: string, key: Key, signature: Uint8Array, text: Uint8Array): boolean | undefined;
  /** @returns the signature; `no key` if the key cannot be read, `wrong key` if it cannot sign with this hash */
  sign(hash: string, key: Key, text: Uint8Array): Uint8Array | "no key" | "wrong key";
}
