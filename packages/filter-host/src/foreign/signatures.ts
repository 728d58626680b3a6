import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { Status } from "../abi/status.ts";
import type { ForeignFunction } from "./function.ts";
import { readMessage } from "./message.ts";

/** The hash functions that Envoy knows (envoyproxy/envoy, source/common/crypto/utility_impl.cc, getHashFunction). */
const HASHES = new Set(["sha1", "sha224", "sha256", "sha384", "sha512"]);

/** Keys that sign their text, not its hash, don't go with a hash function. */
const PURE = new Set(["ed25519", "ed448"]);

/** What went wrong, in Envoy's words. */
const INIT = "Failed to initialize digest verify.";
const VERIFY = "Failed to verify digest. Error code: 0";
const NO_PRIVATE = "Invalid key type: private key required for signing operation.";
const BAD_PRIVATE = "Invalid private key: key data is corrupted or malformed.";

function imported(make: () => KeyObject): KeyObject | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** An RSA or EC key from SubjectPublicKeyInfo; PEM of other kinds, which Node would take too, is none. */
function publicKey(der: Buffer, pem: string): KeyObject | undefined {
  if (pem !== "") return /^-----BEGIN PUBLIC KEY-----/m.test(pem) ? imported(() => createPublicKey(pem)) : undefined;
  return imported(() => createPublicKey({ key: der, format: "der", type: "spki" }));
}

const privateKey = (der: Buffer, pem: string): KeyObject | undefined =>
  imported(() => (pem === "" ? createPrivateKey({ key: der, format: "der", type: "pkcs8" }) : createPrivateKey(pem)));

/** Whether one of the two forms of a key is given, not both. */
const oneOf = (der: Buffer, pem: string): boolean => der.length > 0 !== (pem !== "");

const EMPTY = Buffer.alloc(0);

/**
 * Verifies a signature: PKCS #1 v1.5 for RSA, ECDSA in DER for elliptic curves (envoyproxy/envoy,
 * source/extensions/common/wasm/ext/verify_signature.proto).
 *
 * @returns a VerifySignatureResult; BAD_ARGUMENT for a malformed message, or with no key or two
 */
const verifySignature: ForeignFunction = (_vm, input) => {
  const given = readMessage(input, {
    hash: [1, "string"],
    der: [2, "bytes"],
    signature: [3, "bytes"],
    text: [4, "bytes"],
    pem: [5, "string"],
  });
  const { hash = "", der = EMPTY, signature = EMPTY, text = EMPTY, pem = "" } = given ?? {};
  if (!given || !oneOf(der, pem)) return Status.BAD_ARGUMENT;
  const error = verificationError(hash, publicKey(der, pem), signature, text);
  const writer = new BinaryWriter();
  return (error === undefined ? writer.tag(1, 0).bool(true) : writer.tag(2, 2).string(error)).finish();
};

function verificationError(
  hash: string,
  key: KeyObject | undefined,
  signature: Buffer,
  text: Buffer,
): string | undefined {
  if (!HASHES.has(hash.toLowerCase())) return `${hash} is not supported.`;
  if (!key || PURE.has(key.asymmetricKeyType ?? "")) return INIT;
  try {
    return verify(hash.toLowerCase(), text, key, signature) ? undefined : VERIFY;
  } catch {
    return INIT;
  }
}

/**
 * Signs a text (envoyproxy/envoy, source/extensions/common/wasm/ext/sign.proto).
 *
 * @returns a SignResult; BAD_ARGUMENT for a malformed message, or with no key or two
 */
const signText: ForeignFunction = (_vm, input) => {
  const given = readMessage(input, { hash: [1, "string"], der: [2, "bytes"], text: [3, "bytes"], pem: [4, "string"] });
  const { hash = "", der = EMPTY, text = EMPTY, pem = "" } = given ?? {};
  if (!given || !oneOf(der, pem)) return Status.BAD_ARGUMENT;
  const signed = signature(hash, privateKey(der, pem), text);
  const writer = new BinaryWriter();
  if (typeof signed === "string") return writer.tag(3, 2).string(signed).finish();
  return writer.tag(1, 0).bool(true).tag(2, 2).bytes(signed).finish();
};

function signature(hash: string, key: KeyObject | undefined, text: Buffer): Buffer | string {
  if (!HASHES.has(hash.toLowerCase())) return `${hash} is not supported.`;
  if (!key) return NO_PRIVATE;
  if (PURE.has(key.asymmetricKeyType ?? "")) return BAD_PRIVATE;
  try {
    return sign(hash.toLowerCase(), text, key);
  } catch {
    return BAD_PRIVATE;
  }
}

export const signatureFunctions = { verify_signature: verifySignature, sign: signText };
