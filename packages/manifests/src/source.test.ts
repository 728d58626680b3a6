import { expect, test } from "vitest";
import { moduleSource } from "./source.ts";

test.each([
  ["oci://a.example/wasm:v1", { scheme: "oci", reference: { registry: "a.example", repository: "wasm", tag: "v1" } }],
  ["a.example/x/wasm:v1", { scheme: "oci", reference: { registry: "a.example", repository: "x/wasm", tag: "v1" } }],
  ["OCI://a.example/wasm:v1", { scheme: "oci", reference: { registry: "a.example", repository: "wasm", tag: "v1" } }],
  ["oci://user/wasm:v1", { scheme: "oci", reference: { repository: "user/wasm", tag: "v1" } }],
  ["https://a.example/main.wasm", { scheme: "https", url: new URL("https://a.example/main.wasm") }],
  ["http://a.example/main.wasm", { scheme: "http", url: new URL("http://a.example/main.wasm") }],
  ["file:///etc/main.wasm", { scheme: "file", url: new URL("file:///etc/main.wasm") }],
])("%s", (url, expected) => {
  expect(moduleSource(url)).toEqual(expected);
});

test.each([
  ["localhost:5000/wasm:v1", '"url contains unsupported scheme: localhost"; write oci://localhost:5000/wasm:v1'],
  ["127.0.0.1:5000/wasm:v1", "accepts it and then discards the plugin"],
  ["docker://a.example/wasm:v1", '"url contains unsupported scheme: docker"; write oci://, https://'],
  ["oci:/a.example/wasm:v1", "not a valid URL; write oci://"],
  ["FILE:///etc/main.wasm", "write file:// in lower case"],
  ["oci://a.example/Wasm:v1", 'repository "Wasm" is not valid'],
  ["oci://a.example/wasm:v1@sha256:12", 'digest "sha256:12" is not valid'],
  ["oci://wasm:v1", "names no registry; expected REGISTRY/NAME"],
  ["oci://localhost/wasm:v1", "Istio takes this for Docker Hub; name the port"],
  ["http://", "not a valid URL"],
])("refused: %s", (url, reason) => {
  expect(() => moduleSource(url)).toThrow(reason);
});
