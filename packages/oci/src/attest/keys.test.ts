import { generateKeyPairSync, scryptSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { afterAll, expect, test } from "vitest";
import { isSigned, readPublicKey, readSigner } from "./keys.ts";

const dir = mkdtempSync(join(tmpdir(), "keys-"));
afterAll(() => rmSync(dir, { recursive: true }));

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const text = new TextEncoder().encode("text");

function file(name: string, content: string): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

const publicPath = file("public", pair.publicKey.export({ format: "pem", type: "spki" }).toString());
const plain = pair.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
const encrypted = pair.privateKey
  .export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "secret" })
  .toString();

test.each([
  ["PKCS #8", plain, undefined],
  ["SEC 1", pair.privateKey.export({ format: "pem", type: "sec1" }).toString(), undefined],
  ["PKCS #8, encrypted", encrypted, "secret"],
  ["cosign's own format", cosignKey("secret"), "secret"],
])("a key as %s signs", (name, pem, password) => {
  const signature = readSigner(file(name.replaceAll("/", ""), pem), password).sign(text);
  expect(isSigned(text, signature, readPublicKey(publicPath))).toBe(true);
  expect(isSigned(new Uint8Array(4), signature, readPublicKey(publicPath))).toBe(false);
});

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "pem", type: "pkcs8" });

test.each([
  ["no key at all", "hello", undefined, /no private key, expected ECDSA P-256 in PEM/],
  ["RSA", rsa.toString(), undefined, /no private key, expected ECDSA P-256/],
  ["no password", encrypted, undefined, /the key is encrypted, expected its password in COSIGN_PASSWORD/],
  ["a wrong password", encrypted, "wrong", /the password in COSIGN_PASSWORD does not decrypt it/],
  ["a wrong password for cosign's format", cosignKey("secret"), "wrong", /does not decrypt it/],
])("%s is refused", (_, pem, password, message) => {
  expect(() => readSigner(file("bad", pem), password)).toThrow(message);
});

test("a private key is not taken for a public one", () => {
  expect(() => readPublicKey(file("private", plain))).toThrow(/no public key, expected ECDSA P-256/);
});

function cosignKey(password: string): string {
  const salt = new Uint8Array(32).fill(1);
  const nonce = new Uint8Array(24).fill(2);
  const params = { N: 2 ** 12, r: 8, p: 1 };
  const key = scryptSync(password, salt, 32, params);
  const der = pair.privateKey.export({ format: "der", type: "pkcs8" });
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const box = {
    kdf: { name: "scrypt", params, salt: base64(salt) },
    cipher: { name: "nacl/secretbox", nonce: base64(nonce) },
    ciphertext: base64(xsalsa20poly1305(key, nonce).encrypt(der)),
  };
  const body = base64(Buffer.from(JSON.stringify(box)));
  return `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n${body}\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n`;
}
