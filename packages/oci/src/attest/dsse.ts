import type { KeyObject } from "node:crypto";
import { jsonBytes } from "../image.ts";
import { isSigned, type Signer } from "./keys.ts";

/** The media type of a signed statement. */
export const DSSE_MEDIA_TYPE = "application/vnd.dsse.envelope.v1+json";

/** A signed payload (secure-systems-lab/dsse envelope.md). */
interface Envelope {
  readonly payloadType: string;
  /** In base64. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid?: string; readonly sig: string }[];
}

/**
 * Signs a payload.
 *
 * @param payloadType its media type
 * @returns the envelope's bytes, which differ each time: ECDSA signatures hold a random number
 */
export function seal(payloadType: string, payload: Uint8Array, signer: Signer): Uint8Array {
  const sig = Buffer.from(signer.sign(preAuthentication(payloadType, payload))).toString("base64");
  const envelope: Envelope = {
    payloadType,
    payload: Buffer.from(payload).toString("base64"),
    signatures: [{ keyid: "", sig }],
  };
  return jsonBytes(envelope);
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
    const signed = preAuthentication(payloadType, payload);
    const genuine = read.signatures.some(({ sig }) => isSigned(signed, Buffer.from(sig, "base64"), key));
    return read.payloadType === payloadType && genuine ? payload : undefined;
  } catch {
    return undefined;
  }
}

/** The bytes that are signed: type and payload with their lengths, so that neither can be mistaken for the other (protocol.md, "PAE"). */
function preAuthentication(type: string, payload: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}
