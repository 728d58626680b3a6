import { Failure } from "@wasm-header-filter/cli";
import { expect, test } from "vitest";
import { readManifests } from "./read.ts";

const PLUGIN = ["apiVersion: extensions.istio.io/v1alpha1", "kind: WasmPlugin", "metadata: {name: a}"];
const texts = (name: string, line: string) => PLUGIN.map((one) => (one.startsWith(name) ? line : one)).join("\n");

test.each([
  ["a version", texts("apiVersion", '"apiVersion": "a\\nb"')],
  ["a kind", texts("kind", 'kind: "a\\nb"')],
  ["a name", texts("metadata", 'metadata: {name: "a\\nb"}')],
  ["a label", texts("metadata", 'metadata: {name: a, labels: {"a\\nb": c}}')],
  ["a field", `${PLUGIN.join("\n")}\nspec: {"a\\nb": 1}`],
  ["a key that is there twice", '"a\\nb": 1\n"a\\nb": 2'],
])("a line break in %s is none in the error", (_, text) => {
  let failure: unknown;
  try {
    readManifests(text, "x");
  } catch (error) {
    failure = error;
  }
  expect(failure).toBeInstanceOf(Failure);
  expect((failure as Failure).message).toMatch(/^x:\d+:\d+: .*$/);
});
