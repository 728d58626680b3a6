import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { DOMException } from "./dom-exception.ts";

const HASHES = { "SHA-1": sha1, "SHA-256": sha256, "SHA-384": sha384, "SHA-512": sha512 };
export type HashName = keyof typeof HASHES;

/** An algorithm as Web Crypto takes it: a name, or an object with it. */
export type Named = string | { readonly name: string };

/** Bytes as Web Crypto takes them. */
export type Bytes = ArrayBuffer | ArrayBufferView;

/** The function of a hash. */
export const hashOf = (name: HashName) => HASHES[name];

/** A hash's name in its own spelling. @throws DOMException NotSupportedError for an unknown one */
export function hashName(hash: Named): HashName {
  const name = String(typeof hash === "object" ? hash.name : hash).toUpperCase();
  if (Object.hasOwn(HASHES, name)) return name as HashName;
  throw new DOMException(`the hash ${name} is not supported`, "NotSupportedError");
}

/** A copy of the bytes: the caller may change them meanwhile. */
export function copyOf(data: Bytes): Uint8Array<ArrayBuffer> {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  if (!(data instanceof ArrayBuffer)) throw new TypeError("expected an ArrayBuffer, a TypedArray or a DataView");
  return new Uint8Array(data).slice();
}

/** `crypto.subtle.digest` with SHA-1, SHA-256, SHA-384 or SHA-512. */
export async function digest(algorithm: Named, data: Bytes): Promise<ArrayBuffer> {
  return HASHES[hashName(algorithm)](copyOf(data)).slice().buffer as ArrayBuffer;
}

/** The HMAC of a text. */
export function hmacOf(hash: HashName, secret: Uint8Array, text: Uint8Array): Uint8Array {
  return hmac(HASHES[hash], secret, text);
}
