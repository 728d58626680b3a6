import { generateKeyPairSync, sign } from "node:crypto";
import { Failure } from "@wasm-header-filter/cli";
import { expect, test } from "vitest";
import { jsonBytes } from "../image.ts";
import { BUNDLE, createBundle, verifyBundle } from "./bundle.ts";
import { seal } from "./dsse.ts";
import type { Signer } from "./keys.ts";
import { IN_TOTO } from "./statement.ts";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const signer: Signer = { publicKey, sign: (bytes) => sign("sha256", bytes, privateKey) };
const image = "ab".repeat(32);
const said = {
  subject: [{ digest: { sha256: image } }],
  predicateType: "https://example.com/said",
  predicate: { a: 1 },
};

const verify = (bundle: unknown) =>
  verifyBundle(bundle instanceof Uint8Array ? bundle : jsonBytes(bundle), image, publicKey, "it");
const good = () => JSON.parse(new TextDecoder().decode(createBundle(jsonBytes(said), signer)));
const holding = (statement: object) => ({ ...good(), dsseEnvelope: seal(IN_TOTO, jsonBytes(statement), signer) });

test("a bundle gives the statement that was signed", () => {
  expect(verify(good())).toEqual({ predicateType: said.predicateType, predicate: said.predicate });
  expect(good().verificationMaterial).toEqual({ publicKey: { hint: expect.stringMatching(/^[\w+/]{43}=$/) } });
});

test("base64 in either alphabet, padded or not, and names in snake case", () => {
  const { dsseEnvelope, mediaType } = good();
  const plain = (text: string) => text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const { payload, payloadType, signatures } = dsseEnvelope;
  const envelope = {
    payload: plain(payload),
    payloadType,
    signatures: [{ sig: plain(signatures[0].sig) }],
  };
  const material = { public_key: { hint: null }, tlog_entries: [] };
  expect(verify({ media_type: mediaType, verification_material: material, dsse_envelope: envelope })).toBeTruthy();
});

test.each<[string, () => unknown]>([
  ["it: not JSON", () => new TextEncoder().encode("{")],
  ["it: not JSON", () => Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d)],
  ["it: expected an object, got []", () => []],
  ['it: unknown field "more"', () => ({ ...good(), more: 1 })],
  ["it: mediaType is there twice", () => ({ ...good(), media_type: BUNDLE })],
  [`it: mediaType: expected ${BUNDLE}, got ""`, () => ({ ...good(), mediaType: null })],
  [
    "it: verificationMaterial: publicKey: hint: expected a string, got 1",
    () => ({ ...good(), verificationMaterial: { publicKey: { hint: 1 } } }),
  ],
  ["it: verificationMaterial: no publicKey", () => ({ ...good(), verificationMaterial: {} })],
  [
    "it: signed with a certificate, expected a key",
    () => ({ ...good(), verificationMaterial: { certificate: { rawBytes: "AA==" } } }),
  ],
  [
    "it: verificationMaterial: expected one of publicKey and certificate, got both",
    () => ({ ...good(), verificationMaterial: { publicKey: {}, certificate: {} } }),
  ],
  ["it: no dsseEnvelope", () => ({ ...good(), dsseEnvelope: undefined })],
  [
    "it: a messageSignature, but cosign takes only a dsseEnvelope as an image's signature",
    () => ({ ...good(), dsseEnvelope: null, messageSignature: {} }),
  ],
  ["it: expected one of messageSignature and dsseEnvelope, got both", () => ({ ...good(), messageSignature: {} })],
  ["it: 0 signatures, expected one", () => ({ ...good(), dsseEnvelope: { ...good().dsseEnvelope, signatures: [] } })],
  ['it: dsseEnvelope: payload: expected base64, got "A"', () => ({ ...good(), dsseEnvelope: { payload: "A" } })],
  ["it: dsseEnvelope: signatures: expected a list, got {}", () => ({ ...good(), dsseEnvelope: { signatures: {} } })],
  ["it: not this key's", () => ({ ...good(), dsseEnvelope: { ...good().dsseEnvelope, payload: "" } })],
  [
    'it: payloadType: expected application/vnd.in-toto+json, got "text/plain"',
    () => ({ ...good(), dsseEnvelope: seal("text/plain", jsonBytes(said), signer) }),
  ],
  ["it: about another image", () => holding({ ...said, subject: [{ digest: { sha256: "cd".repeat(32) } }] })],
  ["it: about another image", () => holding({ ...said, subject: [{ digest: { sha256: image.toUpperCase() } }] })],
  [
    'it: subject: "xyz" is no digest',
    () => holding({ ...said, subject: [{ digest: { sha512: "xyz", sha256: image } }] }),
  ],
  ["it: more than 1024 subjects", () => holding({ ...said, subject: Array(1025).fill({}) })],
  ["it: payload: predicate: expected an object, got []", () => holding({ ...said, predicate: [] })],
])("refused: %s", (reason, bundle) => {
  expect(() => verify(bundle())).toThrow(new Failure(reason));
});
