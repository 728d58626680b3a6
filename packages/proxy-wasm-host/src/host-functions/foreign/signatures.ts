import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { readMessage } from "../../abi/protobuf-message.ts";
import { Status } from "../../abi/status.ts";
import type { Key, Signatures } from "../../platform/signatures.ts";
import type { ForeignFunction } from "./function.ts";

/** The hash functions that Envoy supports (envoyproxy/envoy, source/common/crypto/utility_impl.cc, getHashFunction). */
const HASHES = new Set(["sha1", "sha224", "sha256", "sha384", "sha512"]);

/** Envoy's error messages. */
const INIT = "Failed to initialize digest verify.";
const VERIFY = "Failed to verify digest. Error code: 0";
const NO_PRIVATE = "Invalid key type: private key required for signing operation.";
const BAD_PRIVATE = "Invalid private key: key data is corrupted or malformed.";

/** Whether exactly one of the two forms of a key is given. */
const oneOf = ({ der, pem }: Key): boolean => der.length > 0 !== (pem !== "");

const EMPTY = new Uint8Array();

/**
 * Verifies a signature: PKCS #1 v1.5 for RSA, ECDSA in DER for elliptic curves (envoyproxy/envoy,
 * source/extensions/common/wasm/ext/verify_signature.proto).
 *
 * @returns a VerifySignatureResult; BAD_ARGUMENT for a malformed message, or with no key or two
 */
const verifySignature: ForeignFunction = ({ services }, input) => {
  const { signatures } = services.platform;
  if (!signatures) return Status.NOT_FOUND;
  const given = readMessage(input, {
    hash: [1, "string"],
    der: [2, "bytes"],
    signature: [3, "bytes"],
    text: [4, "bytes"],
    pem: [5, "string"],
  });
  const { hash = "", der = EMPTY, signature = EMPTY, text = EMPTY, pem = "" } = given ?? {};
  if (!given || !oneOf({ der, pem })) return Status.BAD_ARGUMENT;
  const error = verificationError(signatures, hash, { der, pem }, signature, text);
  const writer = new BinaryWriter();
  return (error === undefined ? writer.tag(1, 0).bool(true) : writer.tag(2, 2).string(error)).finish();
};

function verificationError(
  signatures: Signatures,
  hash: string,
  key: Key,
  signature: Uint8Array,
  text: Uint8Array,
): string | undefined {
  if (!HASHES.has(hash.toLowerCase())) return `${hash} is not supported.`;
  const verified = signatures.verify(hash.toLowerCase(), key, signature, text);
  if (verified === undefined) return INIT;
  return verified ? undefined : VERIFY;
}

/**
 * Signs a text (envoyproxy/envoy, source/extensions/common/wasm/ext/sign.proto).
 *
 * @returns a SignResult; BAD_ARGUMENT for a malformed message, or with no key or two
 */
const signText: ForeignFunction = ({ services }, input) => {
  const { signatures } = services.platform;
  if (!signatures) return Status.NOT_FOUND;
  const given = readMessage(input, { hash: [1, "string"], der: [2, "bytes"], text: [3, "bytes"], pem: [4, "string"] });
  const { hash = "", der = EMPTY, text = EMPTY, pem = "" } = given ?? {};
  if (!given || !oneOf({ der, pem })) return Status.BAD_ARGUMENT;
  const signed = signature(signatures, hash, { der, pem }, text);
  const writer = new BinaryWriter();
  if (typeof signed === "string") return writer.tag(3, 2).string(signed).finish();
  return writer.tag(1, 0).bool(true).tag(2, 2).bytes(signed).finish();
};

function signature(signatures: Signatures, hash: string, key: Key, text: Uint8Array): Uint8Array | string {
  if (!HASHES.has(hash.toLowerCase())) return `${hash} is not supported.`;
  const signed = signatures.sign(hash.toLowerCase(), key, text);
  if (signed === "no key") return NO_PRIVATE;
  return signed === "wrong key" ? BAD_PRIVATE : signed;
}

export const signatureFunctions = { verify_signature: verifySignature, sign: signText };
