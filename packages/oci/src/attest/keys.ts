import {
  createPrivateKey,
  createPublicKey,
  sign as createSignature,
  type KeyObject,
  scryptSync,
  verify as verifySignature,
} from "node:crypto";
import { xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { Failure, readInput } from "@wasm-header-filter/cli";

/** Signs bytes: ECDSA on P-256 over their SHA-256, in DER, as cosign's own keys do. */
export interface Signer {
  readonly publicKey: KeyObject;
  sign(bytes: Uint8Array): Uint8Array;
}

/** More than any key file has, in bytes. */
const KEY_LIMIT = 64 * 1024;

/**
 * Reads a private key: PKCS #8 or SEC 1 in PEM, encrypted or not, or what `cosign generate-key-pair` writes.
 *
 * @param path the key's file
 * @param password what it is encrypted with; cosign takes it from `COSIGN_PASSWORD`
 * @throws Failure if there is no such file, it holds no ECDSA P-256 private key, or the password is wrong or missing
 */
export function readSigner(path: string, password: string | undefined): Signer {
  const pem = readInput(path, "private key", KEY_LIMIT).toString();
  const key = expectP256(decode(pem, path, password), path, "private");
  return { publicKey: createPublicKey(key), sign: (bytes) => createSignature("sha256", bytes, key) };
}

/**
 * Reads a public key in PEM.
 *
 * @throws Failure if there is no such file, or it holds no ECDSA P-256 public key
 */
export function readPublicKey(path: string): KeyObject {
  const pem = readInput(path, "public key", KEY_LIMIT).toString();
  if (!/-----BEGIN PUBLIC KEY-----/.test(pem)) throw wrongKey(path, "public");
  try {
    return expectP256(createPublicKey(pem), path, "public");
  } catch (cause) {
    throw cause instanceof Failure ? cause : wrongKey(path, "public", cause);
  }
}

/** Whether a signature is the key's, over these bytes. */
export function isSigned(bytes: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  return verifySignature("sha256", bytes, key, signature);
}

function decode(pem: string, path: string, password: string | undefined): KeyObject {
  const sealed = /-----BEGIN ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY-----([^-]+)-----END/.exec(pem)?.[1];
  if (/ENCRYPTED/.test(pem) && !password) {
    throw new Failure(`${path}: the key is encrypted, expected its password in COSIGN_PASSWORD`);
  }
  try {
    if (sealed === undefined) return createPrivateKey({ key: pem, ...(password && { passphrase: password }) });
    return createPrivateKey({ key: Buffer.from(open(sealed, password ?? "")), format: "der", type: "pkcs8" });
  } catch (cause) {
    if (/ENCRYPTED/.test(pem))
      throw new Failure(`${path}: the password in COSIGN_PASSWORD does not decrypt it`, { cause });
    throw wrongKey(path, "private", cause);
  }
}

/** Decrypts cosign's own format: scrypt and NaCl's secretbox (secure-systems-lab/go-securesystemslib encrypted/encrypted.go). */
function open(base64: string, password: string): Uint8Array {
  const { kdf, cipher, ciphertext } = JSON.parse(Buffer.from(base64, "base64").toString());
  const { N, r, p } = kdf.params;
  // The file sets the cost of the key derivation: only what cosign writes is accepted, so that a file can't demand too much memory.
  if (kdf.name !== "scrypt" || cipher.name !== "nacl/secretbox" || !(N <= 2 ** 17 && r === 8 && p === 1)) {
    throw new Failure("not the encryption that cosign uses");
  }
  const key = scryptSync(password, Buffer.from(kdf.salt, "base64"), 32, { N, r, p, maxmem: 256 * N * r });
  return xsalsa20poly1305(key, Buffer.from(cipher.nonce, "base64")).decrypt(Buffer.from(ciphertext, "base64"));
}

function expectP256(key: KeyObject, path: string, kind: string): KeyObject {
  if (key.asymmetricKeyDetails?.namedCurve === "prime256v1") return key;
  throw wrongKey(path, kind);
}

function wrongKey(path: string, kind: string, cause?: unknown): Failure {
  const pem = kind === "public" ? "PUBLIC KEY" : "PRIVATE KEY";
  return new Failure(`${path}: no ${kind} key, expected ECDSA P-256 in PEM (-----BEGIN ${pem}-----)`, { cause });
}
