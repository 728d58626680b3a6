import { createHash, type KeyObject } from "node:crypto";
import { BUNDLE } from "../../src/attest/bundle.ts";
import { seal } from "../../src/attest/dsse.ts";
import type { Signer } from "../../src/attest/keys.ts";
import { COSIGN_SIGN, IN_TOTO } from "../../src/attest/statement.ts";

/** A value of JSON that a test takes apart. */
// biome-ignore lint/suspicious/noExplicitAny: the variants have every shape
type Json = any;

/**
 * Bundles about an image, well-formed and not, by what is special about each.
 *
 * @param manifest the image's
 * @param signer whose signatures are asked for
 * @param other signs for somebody else
 */
export function variants(manifest: string, signer: Signer, other: Signer): Record<string, string> {
  const sha256 = createHash("sha256").update(manifest).digest("hex");
  const said = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ digest: { sha256 } }],
    predicateType: COSIGN_SIGN,
    predicate: {},
  };
  const bundle = (dsseEnvelope: object, key: KeyObject = signer.publicKey): Json => ({
    mediaType: BUNDLE,
    verificationMaterial: { publicKey: { hint: hint(key) } },
    dsseEnvelope,
  });
  const signed = (statement: Json, by = signer, type: string = IN_TOTO) =>
    bundle(
      seal(type, Buffer.from(typeof statement === "string" ? statement : JSON.stringify(statement)), by),
      by.publicKey,
    );
  const good = signed(said);
  const changed = (change: (copy: Json) => void) => {
    const copy = structuredClone(good);
    change(copy);
    return copy;
  };
  const zeros = Buffer.alloc(32).toString("base64");
  const { payload, signatures } = good.dsseEnvelope;
  const sig: string = signatures[0].sig;
  const urlSafe = (text: string) => text.replaceAll("+", "-").replaceAll("/", "_");
  const message = (digest: string) => ({
    mediaType: BUNDLE,
    verificationMaterial: { publicKey: { hint: "" } },
    messageSignature: {
      messageDigest: { algorithm: "SHA2_256", digest },
      signature: Buffer.from(signer.sign(Buffer.from(manifest))).toString("base64"),
    },
  });

  const all: Record<string, Json> = {
    good: good,
    "another key": signed(said, other),
    "the hint of another key": changed((copy) => {
      copy.verificationMaterial.publicKey.hint = hint(other.publicKey);
    }),
    "an empty hint": changed((copy) => {
      copy.verificationMaterial.publicKey = {};
    }),
    "a hint that is null": changed((copy) => {
      copy.verificationMaterial.publicKey.hint = null;
    }),
    "a hint that is a number": changed((copy) => {
      copy.verificationMaterial.publicKey.hint = 1;
    }),
    "no public key": changed((copy) => {
      copy.verificationMaterial = {};
    }),
    "a public key that is null": changed((copy) => {
      copy.verificationMaterial.publicKey = null;
    }),
    "no verification material": changed((copy) => {
      delete copy.verificationMaterial;
    }),
    "names in snake case": {
      media_type: BUNDLE,
      verification_material: { public_key: { hint: "" } },
      dsse_envelope: { payload, payload_type: IN_TOTO, signatures },
    },
    "a name twice, in both cases": changed((copy) => {
      copy.media_type = BUNDLE;
    }),
    "an unknown field": changed((copy) => {
      copy.extra = 1;
    }),
    "an unknown field that is null": changed((copy) => {
      copy.extra = null;
    }),
    "an unknown field in the envelope": changed((copy) => {
      copy.dsseEnvelope.extra = 1;
    }),
    "an unknown field in a signature": changed((copy) => {
      copy.dsseEnvelope.signatures[0].extra = 1;
    }),
    "a keyid": changed((copy) => {
      copy.dsseEnvelope.signatures[0].keyid = "mine";
    }),
    "two signatures": changed((copy) => {
      copy.dsseEnvelope.signatures.push(...signatures);
    }),
    "no signature": changed((copy) => {
      copy.dsseEnvelope.signatures = [];
    }),
    "signatures that are null": changed((copy) => {
      copy.dsseEnvelope.signatures = null;
    }),
    "a signature that is empty": changed((copy) => {
      copy.dsseEnvelope.signatures = [{}];
    }),
    "a signature of zeros": changed((copy) => {
      copy.dsseEnvelope.signatures[0].sig = zeros;
    }),
    "base64 for URLs": changed((copy) => {
      copy.dsseEnvelope.signatures[0].sig = urlSafe(sig);
      copy.dsseEnvelope.payload = urlSafe(payload);
    }),
    "base64 without padding": changed((copy) => {
      copy.dsseEnvelope.signatures[0].sig = sig.replaceAll("=", "");
      copy.dsseEnvelope.payload = payload.replaceAll("=", "");
    }),
    "base64 in lines": changed((copy) => {
      copy.dsseEnvelope.payload = `${payload.slice(0, 64)}\n${payload.slice(64)}`;
    }),
    "base64 with spaces": changed((copy) => {
      copy.dsseEnvelope.payload = `${payload.slice(0, 64)} ${payload.slice(64)}`;
    }),
    "base64 with a stray character": changed((copy) => {
      copy.dsseEnvelope.signatures[0].sig = `${sig}*`;
    }),
    "a payload of another image": changed((copy) => {
      copy.dsseEnvelope.payload = Buffer.from(JSON.stringify(said).replace(sha256, "0".repeat(64))).toString("base64");
    }),
    "no envelope": changed((copy) => {
      delete copy.dsseEnvelope;
    }),
    "a message signature": message(Buffer.from(sha256, "hex").toString("base64")),
    "a message signature whose digest is another": message(zeros),
    "envelope and message signature": { ...message(zeros), dsseEnvelope: good.dsseEnvelope },
    "a certificate beside the key": changed((copy) => {
      copy.verificationMaterial.certificate = { rawBytes: zeros };
    }),
    "a certificate": changed((copy) => {
      copy.verificationMaterial = { certificate: { rawBytes: zeros } };
    }),
    "a chain of certificates": changed((copy) => {
      copy.verificationMaterial = { x509CertificateChain: { certificates: [{ rawBytes: zeros }] } };
    }),
    "timestamps that are none": changed((copy) => {
      copy.verificationMaterial.timestampVerificationData = { rfc3161Timestamps: [{ signedTimestamp: zeros }] };
    }),
    "no entries of a log": changed((copy) => {
      copy.verificationMaterial.tlogEntries = [];
    }),
    "an empty entry of a log": changed((copy) => {
      copy.verificationMaterial.tlogEntries = [{}];
    }),
    "version 0.1": changed((copy) => {
      copy.mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.1";
    }),
    "version 0.2": changed((copy) => {
      copy.mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.2";
    }),
    "version 0.3 as a parameter": changed((copy) => {
      copy.mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.3";
    }),
    "version 0.3.1": changed((copy) => {
      copy.mediaType = "application/vnd.dev.sigstore.bundle.v0.3.1+json";
    }),
    "version 0.3.0": changed((copy) => {
      copy.mediaType = "application/vnd.dev.sigstore.bundle.v0.3.0+json";
    }),
    "version 0.4": changed((copy) => {
      copy.mediaType = "application/vnd.dev.sigstore.bundle.v0.4+json";
    }),
    "no version": changed((copy) => {
      delete copy.mediaType;
    }),
    "another media type": changed((copy) => {
      copy.mediaType = "application/json";
    }),
    "a list": [good],
    "no JSON": "{",
    "an empty file": "",
    "a byte order mark": `\uFEFF${JSON.stringify(good)}`,
    "text behind it": `${JSON.stringify(good)} x`,
    "a field twice": JSON.stringify(good).replace("{", `{"mediaType":${JSON.stringify(BUNDLE)},`),
    "another payload type": signed(said, signer, "application/json"),
    "a statement that is no JSON": signed("hello"),
    "a statement about another image": signed({ ...said, subject: [{ digest: { sha256: "0".repeat(64) } }] }),
    "a statement about two images": signed({
      ...said,
      subject: [{ name: "x", digest: { sha256: "0".repeat(64) } }, ...said.subject],
    }),
    "a statement about nothing": signed({ ...said, subject: [] }),
    "a statement whose subject has more digests": signed({ ...said, subject: [{ digest: { sha512: "00", sha256 } }] }),
    "a digest that is not hexadecimal": signed({ ...said, subject: [{ digest: { sha512: "xyz", sha256 } }] }),
    "a digest in upper case": signed({ ...said, subject: [{ digest: { sha256: sha256.toUpperCase() } }] }),
    "a digest as sha512": signed({ ...said, subject: [{ digest: { sha512: sha256 } }] }),
    "a subject that is null": signed({ ...said, subject: [null, ...said.subject] }),
    "a statement v0.1": signed({ ...said, _type: "https://in-toto.io/Statement/v0.1" }),
    "a statement without type": signed({ ...said, _type: undefined }),
    "a statement of another type": signed({ ...said, _type: "https://example.com" }),
    "a statement with an unknown field": signed({ ...said, extra: 1 }),
    "a predicate that is a list": signed({ ...said, predicate: [] }),
    "a predicate that is null": signed({ ...said, predicate: null }),
    "no predicate type": signed({ ...said, predicateType: undefined }),
    "a statement of ours": signed({
      ...said,
      subject: [{ name: "registry.example/x", digest: { sha256 } }],
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: { a: [1, null] },
    }),
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, one]) => [name, typeof one === "string" ? one : JSON.stringify(one)]),
  );
}

function hint(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ format: "der", type: "spki" }))
    .digest("base64");
}
