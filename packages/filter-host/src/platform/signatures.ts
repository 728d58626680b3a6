import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import type { Key, Signatures } from "proxy-wasm-host";

/** Keys that sign the text itself: they cannot be used with a hash function. */
const PURE = new Set(["ed25519", "ed448"]);

function imported(make: () => KeyObject): KeyObject | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** An RSA or EC key from SubjectPublicKeyInfo; other kinds of PEM, which Node would read too, are refused. */
function publicKey({ der, pem }: Key): KeyObject | undefined {
  if (pem !== "") return /^-----BEGIN PUBLIC KEY-----/m.test(pem) ? imported(() => createPublicKey(pem)) : undefined;
  return imported(() => createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" }));
}

const privateKey = ({ der, pem }: Key): KeyObject | undefined =>
  imported(() =>
    pem === "" ? createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" }) : createPrivateKey(pem),
  );

const isPure = ({ asymmetricKeyType }: KeyObject): boolean => PURE.has(asymmetricKeyType ?? "");

/** Signatures with Node's OpenSSL. */
export const signatures: Signatures = {
  verify(hash, key, signature, text) {
    const read = publicKey(key);
    if (!read || isPure(read)) return undefined;
    try {
      return verify(hash, text, read, signature);
    } catch {
      return undefined;
    }
  },
  sign(hash, key, text) {
    const read = privateKey(key);
    if (!read) return "no key";
    if (isPure(read)) return "wrong key";
    try {
      return sign(hash, text, read);
    } catch {
      return "wrong key";
    }
  },
};
