import type { KeyObject } from "node:crypto";
import { isSigned, type Signer } from "./keys.ts";

/** The media type of a signed statement that is stored without a bundle. */
export const DSSE_MEDIA_TYPE = "application/vnd.dsse.envelope.v1+json";

/** A signed payload (secure-systems-lab/dsse envelope.md). */
export interface Envelope {
  readonly payloadType: string;
  /** In base64. */
  readonly payload: string;
  /** The signatures in base64. */
  readonly signatures: readonly { readonly sig: string }[];
}

/**
 * Signs a payload.
 *
 * @param payloadType its media type
 * @returns the envelope, which differs each time: ECDSA signatures hold a random number
 */
export function seal(payloadType: string, payload: Uint8Array, signer: Signer): Envelope {
  const sig = Buffer.from(signer.sign(signedBytes(payloadType, payload))).toString("base64");
  return { payload: Buffer.from(payload).toString("base64"), payloadType, signatures: [{ sig }] };
}

/**
 * Opens an envelope.
 *
 * @returns the payload, or nothing if this is no envelope of that type with a signature of the key
 */
export function unseal(payloadType: string, envelope: Uint8Array, key: KeyObject): Uint8Array | undefined {
  try {
    const read = JSON.parse(new TextDecoder().decode(envelope)) as Envelope;
    const payload = new Uint8Array(Buffer.from(read.payload, "base64"));
    const signed = signedBytes(payloadType, payload);
    const genuine = read.signatures.some(({ sig }) => isSigned(signed, Buffer.from(sig, "base64"), key));
    return read.payloadType === payloadType && genuine ? payload : undefined;
  } catch {
    return undefined;
  }
}

/** The bytes that are signed: type and payload with their lengths, so that neither can be mistaken for the other (protocol.md, "PAE"). */
export function signedBytes(type: string, payload: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}
