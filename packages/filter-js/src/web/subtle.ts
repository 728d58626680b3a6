import { mgf1, PKCS1_SHA1, PKCS1_SHA256, PKCS1_SHA384, PKCS1_SHA512, PSS } from "micro-rsa-dsa-dh/rsa.js";
import { encodeUtf8 } from "../encode.ts";
import { type HostCall, HostFunction } from "../host-call.ts";
import { Status } from "../status.ts";
import { CryptoKey, importKey, materialOf } from "./crypto-key.ts";
import { COORDINATE, type Curve, ecSignature } from "./der.ts";
import { type Bytes, copyOf, digest, type HashName, hashName, hashOf, hmacOf, type Named } from "./digest.ts";
import { DOMException } from "./dom-exception.ts";

/** An algorithm with the parameters of a signature, as Web Crypto takes it. */
export type SignatureParameters = Named & { readonly hash?: Named; readonly saltLength?: number };

const PKCS1 = { "SHA-1": PKCS1_SHA1, "SHA-256": PKCS1_SHA256, "SHA-384": PKCS1_SHA384, "SHA-512": PKCS1_SHA512 };

/**
 * `crypto.subtle` as filters have it: digests, HMAC, and the verification of RSA and ECDSA. Envoy's `verify_signature` verifies ECDSA and
 * PKCS #1 v1.5, which takes it less than a thousandth of the time; where a host doesn't have it, RSA is verified in the engine.
 *
 * @param hostCall the host's functions
 */
export function makeSubtle(hostCall: HostCall) {
  /** Asks the host. @returns undefined if it can't */
  function verifiedByHost(
    hash: HashName,
    key: Uint8Array,
    signature: Uint8Array,
    text: Uint8Array,
  ): boolean | undefined {
    const parameters = message([encodeUtf8(hash.replace("-", "").toLowerCase()), key, signature, text]);
    const [status, , result] = hostCall(
      HostFunction.CallForeignFunction,
      0,
      0,
      encodeUtf8("verify_signature"),
      parameters,
    );
    if (status !== Status.Ok) return undefined;
    return result[0] === 0x08 && result[1] === 1;
  }

  /**
   * @param algorithm the key's, for ECDSA with a hash, for RSA-PSS with the length of the salt
   * @throws DOMException InvalidAccessError if the key is of another algorithm or not for this, OperationError if the host can't verify ECDSA
   */
  async function verify(
    algorithm: SignatureParameters,
    key: CryptoKey,
    signature: Bytes,
    data: Bytes,
  ): Promise<boolean> {
    const parameters = checked(algorithm, key, "verify");
    const { bytes, modulus, exponent } = materialOf(key);
    const [given, text] = [copyOf(signature), copyOf(data)];
    if (key.algorithm.name === "ECDSA") {
      const hash = hashName(parameters.hash ?? "");
      if (given.length !== 2 * COORDINATE[key.algorithm.namedCurve as Curve]) return false;
      const verified = verifiedByHost(hash, bytes, ecSignature(given), text);
      if (verified !== undefined) return verified;
      throw new DOMException("ECDSA needs a host that has verify_signature, as Envoy has", "OperationError");
    }
    const hash = hashOfKey(key);
    if (key.algorithm.name === "HMAC") return isEqual(hmacOf(hash, bytes, text), given);
    if (!modulus || !exponent || given.length !== modulus.length) return false;
    const numbers = () => ({ n: numberOf(modulus), e: numberOf(exponent) });
    if (key.algorithm.name === "RSA-PSS") {
      const hashed = hashOf(hash);
      return tried(() => PSS(hashed, mgf1(hashed), parameters.saltLength ?? 0).verify(numbers(), text, given));
    }
    return verifiedByHost(hash, bytes, given, text) ?? tried(() => PKCS1[hash].verify(numbers(), text, given));
  }

  /** Signs with HMAC. */
  async function sign(algorithm: SignatureParameters, key: CryptoKey, data: Bytes): Promise<ArrayBuffer> {
    checked(algorithm, key, "sign");
    return hmacOf(hashOfKey(key), materialOf(key).bytes, copyOf(data)).slice().buffer as ArrayBuffer;
  }

  return { digest, importKey, verify, sign };
}

function hashOfKey(key: CryptoKey): HashName {
  return (key.algorithm.hash as { name: HashName }).name;
}

function checked(algorithm: SignatureParameters, key: CryptoKey, usage: string): Exclude<SignatureParameters, string> {
  const parameters = (typeof algorithm === "string" ? { name: algorithm } : algorithm) as Exclude<
    SignatureParameters,
    string
  >;
  if (!(key instanceof CryptoKey)) throw new TypeError("expected a CryptoKey");
  if (String(parameters.name).toUpperCase() !== key.algorithm.name.toUpperCase())
    throw new DOMException(`the key is for ${key.algorithm.name}`, "InvalidAccessError");
  if (!key.usages.includes(usage)) throw new DOMException(`the key is not for ${usage}`, "InvalidAccessError");
  return parameters;
}

/** Compares in a time that says nothing of where the difference is. */
function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") || "0"}`);
}

/** The library throws for some signatures that are wrong. */
function tried(verify: () => boolean): boolean {
  try {
    return verify();
  } catch {
    return false;
  }
}

/** A protobuf message of byte strings with the fields 1, 2 and so on (envoyproxy/envoy, VerifySignatureArguments). */
function message(fields: readonly Uint8Array[]): Uint8Array {
  const heads = fields.map(({ length }, index) => [((index + 1) << 3) | 2, ...varint(length)]);
  const bytes = new Uint8Array([...heads, ...fields].reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const [index, head] of heads.entries()) {
    const field = fields[index] as Uint8Array;
    bytes.set(head, at);
    bytes.set(field, at + head.length);
    at += head.length + field.length;
  }
  return bytes;
}

function varint(number: number): number[] {
  return number < 0x80 ? [number] : [(number & 0x7f) | 0x80, ...varint(number >>> 7)];
}
