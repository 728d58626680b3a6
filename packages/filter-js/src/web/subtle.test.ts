import { createPublicKey, verify as verifyInNode, webcrypto } from "node:crypto";
import { expect, test } from "vitest";
import { encodeUtf8 } from "../encode.ts";
import type { HostCall } from "../host-call.ts";
import { makeSubtle } from "./subtle.ts";

const NONE = new Uint8Array(0);
const TEXT = encodeUtf8("what is signed ".repeat(20));
const { subtle: node } = webcrypto;

/** A host without `verify_signature`. */
const without: HostCall = () => [1, 0, NONE];

/** The byte strings of a protobuf message. */
function fieldsOf(bytes: Uint8Array): Uint8Array[] {
  const fields: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    at++;
    let [size, shift] = [0, 0];
    for (let more = true; more; shift += 7) {
      const byte = bytes[at++] as number;
      size |= (byte & 0x7f) << shift;
      more = byte >= 0x80;
    }
    fields.push(bytes.subarray(at, at + size));
    at += size;
  }
  return fields;
}

/** A host that verifies as Envoy does: signatures of ECDSA in DER. */
const asEnvoy: HostCall = (_which, _first, _second, _name, parameters = NONE) => {
  const [hash = NONE, key = NONE, signature = NONE, text = NONE] = fieldsOf(parameters);
  const publicKey = createPublicKey({ key: Buffer.from(key), format: "der", type: "spki" });
  const verified = verifyInNode(Buffer.from(hash).toString(), text, publicKey, signature);
  return [0, 0, verified ? Uint8Array.of(8, 1) : Uint8Array.of(0x12, 1, 0x61)];
};

const RSA = { modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) };

test.each([
  ["RSASSA-PKCS1-v1_5", { ...RSA, hash: "SHA-256" }, {}, [asEnvoy, without]],
  ["RSASSA-PKCS1-v1_5", { ...RSA, hash: "SHA-512" }, {}, [asEnvoy, without]],
  ["RSA-PSS", { ...RSA, hash: "SHA-256" }, { saltLength: 32 }, [asEnvoy, without]],
  ["ECDSA", { namedCurve: "P-256" }, { hash: "SHA-256" }, [asEnvoy]],
  ["ECDSA", { namedCurve: "P-384" }, { hash: "SHA-384" }, [asEnvoy]],
  ["ECDSA", { namedCurve: "P-521" }, { hash: "SHA-512" }, [asEnvoy]],
] as const)("%s %o: signatures of Node are verified, and no others", async (name, parameters, with_, hosts) => {
  const { publicKey, privateKey } = (await node.generateKey({ name, ...parameters } as never, true, [
    "sign",
    "verify",
  ])) as webcrypto.CryptoKeyPair;
  const how = { name, ...with_ };
  const signature = new Uint8Array(await node.sign(how as never, privateKey, TEXT));
  const wrong = Uint8Array.from(signature, (byte, at) => (at === 5 ? byte ^ 1 : byte));
  const algorithm = { name, ...parameters };
  for (const host of hosts) {
    const own = makeSubtle(host);
    for (const format of ["jwk", "spki"] as const) {
      const exported = await node.exportKey(format as "jwk", publicKey);
      const key = await own.importKey(format, exported as never, algorithm as never, true, ["verify"]);
      expect(key.algorithm).toEqual(
        name === "ECDSA"
          ? algorithm
          : { ...publicKey.algorithm, hash: { name: (parameters as { hash: string }).hash } },
      );
      expect(await own.verify(how as never, key, signature, TEXT)).toBe(true);
      expect(await own.verify(how as never, key, wrong, TEXT)).toBe(false);
      expect(await own.verify(how as never, key, signature, TEXT.subarray(1))).toBe(false);
      expect(await own.verify(how as never, key, signature.subarray(1), TEXT)).toBe(false);
    }
  }
});

test("ECDSA needs a host that verifies it", async () => {
  const { publicKey } = await node.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const own = makeSubtle(without);
  const raw = await node.exportKey("raw", publicKey);
  const key = await own.importKey("raw", raw, { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]);
  const verified = own.verify({ name: "ECDSA", hash: "SHA-256" }, key, new Uint8Array(64), TEXT);
  await expect(verified).rejects.toMatchObject({
    name: "OperationError",
    message: expect.stringContaining("verify_signature"),
  });
});

test.each(["SHA-1", "SHA-256", "SHA-384", "SHA-512"] as const)("%s and its HMAC are Node's", async (hash) => {
  const own = makeSubtle(without);
  expect(new Uint8Array(await own.digest(hash, TEXT))).toEqual(new Uint8Array(await node.digest(hash, TEXT)));
  const secret = encodeUtf8("secret");
  const keys = [
    await own.importKey("raw", secret, { name: "HMAC", hash }, false, ["sign", "verify"]),
    await own.importKey("jwk", { kty: "oct", k: "c2VjcmV0" }, { name: "HMAC", hash: { name: hash } }, false, [
      "sign",
      "verify",
    ]),
  ];
  const theirs = await node.importKey("raw", secret, { name: "HMAC", hash }, false, ["sign"]);
  const signature = await node.sign("HMAC", theirs, TEXT);
  for (const key of keys) {
    expect(new Uint8Array(await own.sign("HMAC", key, TEXT))).toEqual(new Uint8Array(signature));
    expect(await own.verify("HMAC", key, signature, TEXT)).toBe(true);
    expect(await own.verify("HMAC", key, signature.slice(1), TEXT)).toBe(false);
  }
});

test("keys are refused as Node refuses them, by the errors' names", async () => {
  const own = makeSubtle(without);
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const given = [
    ["raw", encodeUtf8("a"), hmac, ["encrypt"]],
    ["raw", encodeUtf8("a"), hmac, []],
    ["raw", encodeUtf8("a"), { name: "HMAC", hash: "MD5" }, ["sign"]],
    ["jwk", { kty: "oct", k: "=" }, hmac, ["sign"]],
    ["jwk", { kty: "RSA", n: "AQAB" }, { name: "RSA-PSS", hash: "SHA-256" }, ["verify"]],
    ["spki", Uint8Array.of(0x30, 1), { name: "RSA-PSS", hash: "SHA-256" }, ["verify"]],
    ["raw", Uint8Array.of(4, 1), { name: "ECDSA", namedCurve: "P-256" }, ["verify"]],
    ["raw", Uint8Array.of(4, 1), { name: "ECDSA", namedCurve: "K-256" }, ["verify"]],
    ["jwk", { kty: "EC", crv: "P-384", x: "AQAB", y: "AQAB" }, { name: "ECDSA", namedCurve: "P-256" }, ["verify"]],
  ] as const;
  for (const [format, data, algorithm, usages] of given) {
    const refused = async (subtle: { importKey(...all: never[]): Promise<unknown> }) =>
      subtle.importKey(...([format, data, algorithm, true, usages] as never[])).then(
        () => "taken",
        ({ name }) => name,
      );
    expect(await refused(own as never), JSON.stringify([format, algorithm, usages])).toBe(await refused(node as never));
  }
});
