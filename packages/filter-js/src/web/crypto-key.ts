import { atob } from "./base64.ts";
import { COORDINATE, type Curve, ecKey, readKey, rsaKey } from "./der.ts";
import { type Bytes, copyOf, type HashName, hashName, type Named } from "./digest.ts";
import { DOMException } from "./dom-exception.ts";

/** What verifies: a secret, or a public key as SubjectPublicKeyInfo, with RSA's numbers. */
export interface Material {
  readonly bytes: Uint8Array;
  readonly modulus?: Uint8Array;
  readonly exponent?: Uint8Array;
}

/** An algorithm with the parameters of a key, as Web Crypto takes it. */
export type KeyParameters = Named & { readonly hash?: Named; readonly namedCurve?: string };

/** A key as JSON (RFC 7517), with the parts of a secret or of a public key. */
export type Jwk = Readonly<Partial<Record<"kty" | "k" | "n" | "e" | "crv" | "x" | "y" | "d", string>>>;

const materials = new WeakMap<CryptoKey, Material>();

/** A key of `crypto.subtle`. */
export class CryptoKey {
  readonly type: "secret" | "public";
  readonly extractable: boolean;
  readonly algorithm: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly usages: readonly string[];

  constructor(
    type: CryptoKey["type"],
    extractable: boolean,
    algorithm: CryptoKey["algorithm"],
    usages: readonly string[],
    material: Material,
  ) {
    this.type = type;
    this.extractable = extractable;
    this.algorithm = algorithm;
    this.usages = usages;
    materials.set(this, material);
  }

  get [Symbol.toStringTag](): "CryptoKey" {
    return "CryptoKey";
  }
}

/** @throws TypeError for what is no key */
export function materialOf(key: CryptoKey): Material {
  const material = materials.get(key);
  if (material) return material;
  throw new TypeError("expected a CryptoKey");
}

/**
 * `crypto.subtle.importKey`: secrets of HMAC (`raw`, `jwk`), public keys of RSASSA-PKCS1-v1_5, RSA-PSS (`jwk`, `spki`) and ECDSA (`jwk`, `spki`,
 * `raw`).
 *
 * @throws DOMException NotSupportedError for another algorithm or format, DataError for another or a malformed key, SyntaxError for a usage
 *   that such a key does not have
 */
export async function importKey(
  format: string,
  data: Bytes | Jwk,
  algorithm: KeyParameters,
  extractable: boolean,
  usages: readonly string[],
): Promise<CryptoKey> {
  const { name, hash, namedCurve } =
    typeof algorithm === "string" ? { name: algorithm } : (algorithm as Exclude<KeyParameters, string>);
  const upper = String(name).toUpperCase();
  const allowed = upper === "HMAC" ? ["sign", "verify"] : ["verify"];
  if (usages.length === 0 || !usages.every((usage) => allowed.includes(usage)))
    throw new DOMException(`a key of ${name} is for: ${allowed.join(", ")}`, "SyntaxError");
  const given = format === "jwk" ? (data as Jwk) : copyOf(data as Bytes);
  switch (upper) {
    case "HMAC": {
      const bytes = given instanceof Uint8Array && format === "raw" ? given : fromJwk(given, format, "oct", "k");
      const of = { name: "HMAC", hash: { name: hashName(hash ?? "") }, length: 8 * bytes.length };
      return new CryptoKey("secret", extractable, of, [...usages], { bytes });
    }
    case "RSASSA-PKCS1-V1_5":
    case "RSA-PSS": {
      const of = upper === "RSA-PSS" ? upper : "RSASSA-PKCS1-v1_5";
      return rsa(of, hashName(hash ?? ""), format, given, extractable, usages);
    }
    case "ECDSA":
      return ecdsa(namedCurve ?? "", format, given, extractable, usages);
    default:
      throw new DOMException(`keys of ${name} are not supported`, "NotSupportedError");
  }
}

function rsa(
  name: string,
  hash: HashName,
  format: string,
  given: Jwk | Uint8Array,
  extractable: boolean,
  usages: readonly string[],
): CryptoKey {
  let [modulus, exponent, bytes] = [EMPTY, EMPTY, EMPTY];
  if (given instanceof Uint8Array && format === "spki") {
    const key = readSpki(given);
    if (!("modulus" in key)) throw dataError("not a key of RSA");
    [modulus, exponent, bytes] = [key.modulus, key.exponent, given];
  } else {
    [modulus, exponent] = [fromJwk(given, format, "RSA", "n"), fromJwk(given, format, "RSA", "e")];
    bytes = rsaKey(modulus, exponent);
  }
  const publicExponent = exponent.slice();
  const of = { name, hash: { name: hash }, modulusLength: bitsOf(modulus), publicExponent };
  return new CryptoKey("public", extractable, of, [...usages], { bytes, modulus, exponent });
}

function ecdsa(
  namedCurve: string,
  format: string,
  given: Jwk | Uint8Array,
  extractable: boolean,
  usages: readonly string[],
): CryptoKey {
  if (!Object.hasOwn(COORDINATE, namedCurve))
    throw new DOMException(`the curve ${namedCurve} is not supported`, "NotSupportedError");
  const curve = namedCurve as Curve;
  const size = COORDINATE[curve];
  let bytes = EMPTY;
  if (given instanceof Uint8Array && format === "spki") {
    const key = readSpki(given);
    if (!("curve" in key) || key.curve !== curve) throw dataError(`not a key of ${curve}`);
    bytes = given;
  } else if (given instanceof Uint8Array && format === "raw") {
    if (given.length !== 1 + 2 * size || given[0] !== 4) throw dataError(`not a point of ${curve}`);
    bytes = ecKey(curve, given);
  } else {
    const [x, y] = [fromJwk(given, format, "EC", "x"), fromJwk(given, format, "EC", "y")];
    if ((given as Jwk).crv !== curve || x.length !== size || y.length !== size)
      throw dataError(`not a key of ${curve}`);
    bytes = ecKey(curve, Uint8Array.from([4, ...x, ...y]));
  }
  return new CryptoKey("public", extractable, { name: "ECDSA", namedCurve: curve }, [...usages], { bytes });
}

const EMPTY: Uint8Array = new Uint8Array(0);

const dataError = (text: string) => new DOMException(text, "DataError");

function readSpki(der: Uint8Array): ReturnType<typeof readKey> {
  try {
    return readKey(der);
  } catch (error) {
    throw dataError((error as Error).message);
  }
}

function fromJwk(given: Jwk | Uint8Array, format: string, kty: string, part: "k" | "n" | "e" | "x" | "y"): Uint8Array {
  if (format !== "jwk" || given instanceof Uint8Array)
    throw new DOMException(`the format ${format} is not supported for such a key`, "NotSupportedError");
  const text = given[part];
  if (
    given.kty !== kty ||
    typeof text !== "string" ||
    !/^[\w-]+$/.test(text) ||
    text.length % 4 === 1 ||
    given.d !== undefined
  )
    throw dataError(`not a ${kty === "oct" ? "secret" : "public key"} of kind ${kty} with ${part}`);
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (unit) => unit.charCodeAt(0));
}

function bitsOf(number: Uint8Array): number {
  const first = number.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : 8 * (number.length - first) - Math.clz32(number[first] as number) + 24;
}
