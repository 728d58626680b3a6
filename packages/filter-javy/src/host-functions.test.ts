import { importedSignatures, mistyped, nameOf } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { apiFunctions, branchesOf, numberedFunctions } from "../../filter-js/test/guest-api.ts";
import { readPlugin } from "./plugin.ts";

const imported = importedSignatures(readPlugin());

test("the plugin imports host functions with the host's types", () => {
  expect(mistyped(imported)).toEqual([]);
});

test("the plugin imports the Proxy-Wasm functions that the guest API needs, and no other", () => {
  const ours = imported.map(nameOf).filter((name) => name.startsWith("env."));
  expect(ours.sort()).toEqual(apiFunctions().sort());
});

test("the plugin knows the functions by the guest API's numbers", () => {
  const source = new URL("../plugin/src/host_call.rs", import.meta.url);
  expect(branchesOf(source, /(\d+) => (proxy_\w+)\(/g)).toEqual(numberedFunctions());
});
