import { createHash, type KeyObject } from "node:crypto";
import { Failure } from "@wasm-header-filter/cli";
import { jsonBytes } from "../image.ts";
import { type Envelope, seal, signedBytes } from "./dsse.ts";
import { isSigned, type Signer } from "./keys.ts";
import { base64, integer, list, map, message, parseMessage, struct, text } from "./protojson.ts";
import { IN_TOTO, type Statement } from "./statement.ts";

/** The media type of a Sigstore bundle, and the artifact type of the manifest that holds it. */
export const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

/** What the media type of a layer begins with if it holds a Sigstore bundle of any version. */
export const BUNDLE_PREFIX = "application/vnd.dev.sigstore.bundle";

const VERSION_0_3 = /^application\/vnd\.dev\.sigstore\.bundle\.v0\.3(?:\.\d+)?\+json$/;

/** More subjects, or digests of one, than any statement may have: sigstore-go's limits. */
const MOST_SUBJECTS = 1024;
const MOST_DIGESTS = 32;

const certificate = message({ rawBytes: base64 });
const logEntry = message({
  logIndex: integer,
  logId: message({ keyId: base64 }),
  kindVersion: message({ kind: text, version: text }),
  integratedTime: integer,
  inclusionPromise: message({ signedEntryTimestamp: base64 }),
  inclusionProof: message({
    logIndex: integer,
    rootHash: base64,
    treeSize: integer,
    hashes: list(base64),
    checkpoint: message({ envelope: text }),
  }),
  canonicalizedBody: base64,
});

/** A Sigstore bundle (sigstore/protobuf-specs protos/sigstore_bundle.proto). */
const readBundle = message(
  {
    mediaType: text,
    verificationMaterial: message(
      {
        publicKey: message({ hint: text }),
        x509CertificateChain: message({ certificates: list(certificate) }),
        certificate,
        tlogEntries: list(logEntry),
        timestampVerificationData: message({ rfc3161Timestamps: list(message({ signedTimestamp: base64 })) }),
      },
      ["publicKey", "x509CertificateChain", "certificate"],
    ),
    messageSignature: message({
      messageDigest: message({ algorithm: text, digest: base64 }),
      signature: base64,
    }),
    dsseEnvelope: message({
      payload: base64,
      payloadType: text,
      signatures: list(message({ sig: base64, keyid: text })),
    }),
  },
  ["messageSignature", "dsseEnvelope"],
);

/** An in-toto statement (in-toto/attestation protos/in_toto_attestation/v1/statement.proto). */
const readStatement = message({
  _type: text,
  subject: list(
    message({
      name: text,
      uri: text,
      digest: map(text),
      content: base64,
      downloadLocation: text,
      mediaType: text,
      annotations: struct,
    }),
  ),
  predicateType: text,
  predicate: struct,
});

/**
 * Verifies a Sigstore bundle v0.3 as `cosign verify --key --insecure-ignore-tlog` does: one signature of the key, over a statement about
 * the image. The hint names the key for programs that have several, and the transparency log's entries are not looked at.
 *
 * @param sha256 the digest of the image's manifest, in hexadecimal digits
 * @param where names the bundle in errors
 * @returns the statement that the key has signed
 * @throws Failure in one line if the bundle is malformed, or its signature is not the key's over this image
 */
export function verifyBundle(bytes: Uint8Array, sha256: string, key: KeyObject, where: string): Statement {
  const { payload, payloadType, sig } = envelopeOf(bytes, where);
  if (!isSigned(signedBytes(payloadType, payload), sig, key)) throw new Failure(`${where}: not this key's`);
  if (payloadType !== IN_TOTO) {
    throw new Failure(`${where}: payloadType: expected ${IN_TOTO}, got ${JSON.stringify(payloadType)}`);
  }
  const {
    subject = [],
    predicateType = "",
    predicate = {},
  } = parseMessage(readStatement, payload, `${where}: payload`);
  if (subject.length > MOST_SUBJECTS) throw new Failure(`${where}: more than ${MOST_SUBJECTS} subjects`);
  const digests = subject.map(({ digest = {} }) => digest);
  for (const digest of digests) {
    const values = Object.values(digest);
    if (values.length > MOST_DIGESTS) throw new Failure(`${where}: a subject has more than ${MOST_DIGESTS} digests`);
    const odd = values.find((hex) => !/^(?:[0-9a-fA-F]{2})*$/.test(hex));
    if (odd !== undefined) throw new Failure(`${where}: subject: ${JSON.stringify(odd)} is no digest`);
  }
  if (!digests.some((digest) => digest.sha256 === sha256)) throw new Failure(`${where}: about another image`);
  return { predicateType, predicate };
}

/** The envelope of a bundle, whose one signature is taken out. */
function envelopeOf(bytes: Uint8Array, where: string): { payload: Uint8Array; payloadType: string; sig: Uint8Array } {
  const {
    mediaType = "",
    verificationMaterial = {},
    dsseEnvelope,
    messageSignature,
  } = parseMessage(readBundle, bytes, where);
  // The versions before 0.3 had parameters for them.
  if (!VERSION_0_3.test(mediaType) && mediaType !== `${BUNDLE_PREFIX}+json;version=0.3`) {
    throw new Failure(`${where}: mediaType: expected ${BUNDLE}, got ${JSON.stringify(mediaType)}`);
  }
  const { publicKey, certificate, x509CertificateChain } = verificationMaterial;
  if (certificate || x509CertificateChain) throw new Failure(`${where}: signed with a certificate, expected a key`);
  if (!publicKey) throw new Failure(`${where}: verificationMaterial: no publicKey`);
  if (messageSignature) {
    throw new Failure(`${where}: a messageSignature, but cosign takes only a dsseEnvelope as an image's signature`);
  }
  if (!dsseEnvelope) throw new Failure(`${where}: no dsseEnvelope`);
  const { payload = new Uint8Array(), payloadType = "", signatures = [] } = dsseEnvelope;
  const [only, ...more] = signatures;
  if (!only || more.length > 0) throw new Failure(`${where}: ${signatures.length} signatures, expected one`);
  return { payload, payloadType, sig: only.sig ?? new Uint8Array() };
}

/**
 * A Sigstore bundle v0.3 with a statement that a key has signed, without an entry of a transparency log.
 *
 * @param said the statement's bytes
 */
export function createBundle(said: Uint8Array, signer: Signer): Uint8Array {
  const dsseEnvelope: Envelope = seal(IN_TOTO, said, signer);
  return jsonBytes({
    mediaType: BUNDLE,
    verificationMaterial: { publicKey: { hint: keyHint(signer.publicKey) } },
    dsseEnvelope,
  });
}

/** The statement's bytes if a bundle holds one that the key has signed, whatever it is about. */
export function signedStatement(bytes: Uint8Array, key: KeyObject): Uint8Array | undefined {
  try {
    const { payload, payloadType, sig } = envelopeOf(bytes, "bundle");
    return isSigned(signedBytes(payloadType, payload), sig, key) ? payload : undefined;
  } catch {
    return undefined;
  }
}

/** What cosign names a key by: the SHA-256 of its DER encoding. */
function keyHint(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ format: "der", type: "spki" }))
    .digest("base64");
}
