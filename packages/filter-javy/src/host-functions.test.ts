import { readFileSync } from "node:fs";
import { importedSignatures, mistyped, namedFunctions, nameOf } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { readPlugin } from "./plugin.ts";

const imported = importedSignatures(readPlugin());

test("the plugin imports host functions with the host's types", () => {
  expect(mistyped(imported)).toEqual([]);
});

test("the plugin imports the Proxy-Wasm functions that the guest API needs, and no other", () => {
  const files = ["host.ts", "call-outs.ts", "messages.ts", "shared.ts", "streams.ts"];
  const guest = import.meta.resolve("@wasm-header-filter/filter-js/guest");
  const api = files.map((file) => readFileSync(new URL(file, guest), "utf8")).join("\n");
  const ours = imported.map(nameOf).filter((name) => name.startsWith("env."));
  expect(ours.sort()).toEqual(namedFunctions(api).sort());
});
