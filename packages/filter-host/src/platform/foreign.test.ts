import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { deflateSync } from "node:zlib";
import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import { filters as engineFilters, escaped, filter, on, REQUEST } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { nodePlatform } from "./node-platform.ts";

const filters = (module: Uint8Array) => engineFilters(module, {}, { platform: nodePlatform });

const RESULT = "(i32.const 16) (i32.const 20)";
const call = (name: string, input: Uint8Array, result = RESULT) =>
  `(drop (call $proxy_call_foreign_function "${name}"* "${escaped(input)}"* ${result}))`;

/** Statuses and results of the calls that a module made. */
const outcomes = ({ events }: Pick<ReturnType<typeof filters>, "events">) =>
  events
    .splice(0)
    .filter(({ kind, phase }) => kind === "call" && phase === "leave")
    .map(({ result, results }) => (result === "OK" && results ? Object.values(results)[0] : result));

function outcome(name: string, input: Uint8Array, result = RESULT) {
  const made = filters(filter(on("proxy_on_request_headers", call(name, input, result))));
  made.events.length = 0;
  made.pass();
  return outcomes(made)[0];
}

/** A message whose fields are strings, bytes or numbers, by number. */
function message(fields: Readonly<Record<number, string | Uint8Array | number>>): Uint8Array {
  const writer = new BinaryWriter();
  for (const [number, value] of Object.entries(fields)) {
    if (typeof value === "number") writer.tag(Number(number), 0).int32(value);
    else writer.tag(Number(number), 2).bytes(Buffer.from(value));
  }
  return writer.finish();
}

/** A message's fields: true, or bytes. */
function fieldsOf(bytes: unknown): unknown[] {
  const reader = new BinaryReader(Buffer.from(bytes as string));
  const fields: unknown[] = [];
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    fields.push(number, wire === 0 ? reader.bool() : Buffer.from(reader.bytes()));
  }
  return fields;
}

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const edwards = generateKeyPairSync("ed25519");
const spki = (key: KeyObject) => key.export({ format: "der", type: "spki" });
const pkcs8 = (key: KeyObject) => key.export({ format: "der", type: "pkcs8" });
const TEXT = Buffer.from("hello");
const failed = (words: string) => [2, Buffer.from(words)];

test.each([
  ["RSA", { 1: "SHA256", 2: spki(rsa.publicKey), 3: sign("sha256", TEXT, rsa.privateKey), 4: TEXT }, [1, true]],
  ["ECDSA", { 1: "sha256", 2: spki(ec.publicKey), 3: sign("sha256", TEXT, ec.privateKey), 4: TEXT }, [1, true]],
  [
    "PEM",
    {
      1: "sha1",
      3: sign("sha1", TEXT, ec.privateKey),
      4: TEXT,
      5: ec.publicKey.export({ format: "pem", type: "spki" }),
    },
    [1, true],
  ],
  [
    "another text",
    { 1: "sha256", 2: spki(rsa.publicKey), 3: TEXT, 4: TEXT },
    failed("Failed to verify digest. Error code: 0"),
  ],
  ["an unknown hash", { 1: "md5", 2: spki(rsa.publicKey) }, failed("md5 is not supported.")],
  ["no key at all", { 1: "sha256", 2: "no key" }, failed("Failed to initialize digest verify.")],
  ["a key without hash", { 1: "sha256", 2: spki(edwards.publicKey) }, failed("Failed to initialize digest verify.")],
])("verify_signature: %s", (_, fields, expected) => {
  expect(fieldsOf(outcome("verify_signature", message(fields)))).toEqual(expected);
});

test("what sign makes, verify_signature takes", () => {
  const input = message({ 1: "sha512", 2: pkcs8(ec.privateKey), 3: TEXT });
  const [, good, , signature] = fieldsOf(outcome("sign", input));
  expect(good).toBe(true);
  const check = message({ 1: "sha512", 2: spki(ec.publicKey), 3: signature as Buffer, 4: TEXT });
  expect(fieldsOf(outcome("verify_signature", check))).toEqual([1, true]);
});

test.each([
  ["sign", { 1: "md5", 2: pkcs8(rsa.privateKey) }, [3, Buffer.from("md5 is not supported.")]],
  ["sign", { 1: "sha256", 2: "x" }, [3, Buffer.from("Invalid key type: private key required for signing operation.")]],
])("%s says what is wrong: %j", (name, fields, expected) => {
  expect(fieldsOf(outcome(name, message(fields)))).toEqual(expected);
});

test.each([
  ["verify_signature", message({}), "BAD_ARGUMENT"],
  ["verify_signature", message({ 2: "a", 5: "b" }), "BAD_ARGUMENT"],
  ["verify_signature", Buffer.from([0x0a, 0xff]), "BAD_ARGUMENT"],
  ["sign", message({ 1: Buffer.from([0xff]), 2: "a" }), "BAD_ARGUMENT"],
  ["uncompress", deflateSync(Buffer.from("x".repeat(99))), "x".repeat(99)],
  ["uncompress", Buffer.concat([deflateSync(Buffer.from("abc")), Buffer.from("more")]), "abc"],
  ["uncompress", deflateSync(Buffer.from("abcdefgh")).subarray(0, 6), "SERIALIZATION_FAILURE"],
  ["uncompress", Buffer.alloc(0), "SERIALIZATION_FAILURE"],
  ["clear_route_cache", Buffer.alloc(0), ""],
  ["set_envoy_filter_state", message({ 1: "envoy.upstream.dynamic_port", 2: "x" }), "BAD_ARGUMENT"],
  ["set_envoy_filter_state", message({ 1: "nope", 2: "x" }), "NOT_FOUND"],
  ["nope", Buffer.alloc(0), "NOT_FOUND"],
])("%s %j is %j", (name, input, expected) => {
  expect(outcome(name, input)).toEqual(expected);
});

test("results that go nowhere, and those that can't go where they should", () => {
  expect(outcome("compress", TEXT, "(i32.const 0) (i32.const 0)")).toBeDefined();
  expect(outcome("compress", TEXT, "(i32.const -1) (i32.const 20)")).toBe("INVALID_MEMORY_ACCESS");
  expect(outcome("compress", TEXT, "(i32.const 16) (i32.const -1)")).toBe("INVALID_MEMORY_ACCESS");
});

test("a property that the root context declared read-only is set once", () => {
  const set = (name: string) => `(drop (call $proxy_set_property "${name}"* "v"*))`;
  const declared = message({ 1: "once", 2: 1 });
  const made = filters(
    filter(`
      ${on("proxy_on_configure", call("declare_property", declared) + call("declare_property", declared), "(i32.const 1)")}
      ${on("proxy_on_request_headers", set("once") + set("once") + set("twice") + set("twice"))}`),
  );
  const twice = (list: unknown[]) => [...list, ...list];
  expect(outcomes(made)).toEqual(twice(["", "BAD_ARGUMENT"]));
  made.pass(REQUEST);
  expect(outcomes(made)).toEqual([undefined, "BAD_ARGUMENT", undefined, undefined]);
});

test("objects of the proxy are found among the filter state", () => {
  const object = message({ 1: "envoy.string", 2: "hi", 3: 1 });
  const read = '(drop (call $proxy_get_property "filter_state\\00envoy.string"* (i32.const 16) (i32.const 20)))';
  const made = filters(filter(on("proxy_on_request_headers", call("set_envoy_filter_state", object) + read)));
  made.events.length = 0;
  made.pass();
  expect(outcomes(made)).toEqual(["", "hi"]);
});
