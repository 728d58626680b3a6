import { expect, test } from "vitest";
import { formatReference, parseReference } from "./reference.ts";

const digest = `sha256:${"a1".repeat(32)}`;

test.each([
  ["a.example/bb", { registry: "a.example", repository: "bb" }],
  ["localhost:5000/wasm/filter:1.2.3-as", { registry: "localhost:5000", repository: "wasm/filter", tag: "1.2.3-as" }],
  ["user/name:v1", { repository: "user/name", tag: "v1" }],
  ["localhost/name", { repository: "localhost/name" }],
  [`[::1]:5000/x-y__z:t@${digest}`, { registry: "[::1]:5000", repository: "x-y__z", tag: "t", digest }],
])("%s", (text, expected) => {
  expect(parseReference(text)).toEqual(expected);
  expect(formatReference(parseReference(text))).toBe(text);
});

test.each([
  ["", "repository"],
  ["a.example/", "repository"],
  ["a.example/Upper", "repository"],
  ["a.example/a//b", "repository"],
  ["a.example/../b", "repository"],
  ["a.example/a_-b", "repository"],
  [`a.example/${"x".repeat(256)}`, "repository"],
  ["https://a.example/b", "registry"],
  ["user@a.example/b", "digest"],
  ["a.example:99999/bb", "registry"],
  ["-a.example/bb", "registry"],
  ["a.example/bb:", "tag"],
  ["a.example/bb:.x", "tag"],
  ["a.example/bb:1.0+as", "tag"],
  [`a.example/bb:${"x".repeat(129)}`, "tag"],
  ["a.example/bb@sha256:abc", "digest"],
  [`a.example/bb@${digest.toUpperCase()}`, "digest"],
  [`a.example/bb@${digest}@${digest}`, "digest"],
])("%s: its %s is wrong", (text, part) => {
  expect(() => parseReference(text)).toThrow(`: ${part} "`);
});
