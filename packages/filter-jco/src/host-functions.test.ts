import { readFileSync } from "node:fs";
import { CALLBACKS } from "@wasm-header-filter/filter-js/callbacks";
import { importedSignatures, mistyped, nameOf } from "proxy-wasm-host/testing";
import { beforeAll, expect, test } from "vitest";
import { apiFunctions, boundFunctions, branchesOf, numberedFunctions } from "../../filter-js/test/guest-api.ts";
import { compileAdapter } from "./adapter.ts";

const CLOCK = "env.proxy_get_current_time_nanoseconds";

let imported: ReturnType<typeof importedSignatures>;
let ofDispatched: ReturnType<typeof importedSignatures>;

beforeAll(async () => {
  imported = importedSignatures((await compileAdapter()).bytes);
  ofDispatched = importedSignatures((await compileAdapter("dispatched")).bytes);
});

function proxyFunctions(signatures: typeof imported): string[] {
  return signatures.map(nameOf).filter((name) => name.startsWith("env."));
}

test("the adapters import host functions with the host's types", () => {
  expect(mistyped(imported)).toEqual([]);
  expect(mistyped(ofDispatched)).toEqual([]);
});

test("the adapter imports the Proxy-Wasm functions that the guest API's host needs, and a clock", () => {
  expect(proxyFunctions(imported).sort()).toEqual([...boundFunctions(), CLOCK].sort());
});

test("the adapter of filters with a dispatcher imports all functions of the guest API", () => {
  expect(proxyFunctions(ofDispatched).sort()).toEqual([...new Set([...apiFunctions(), CLOCK])].sort());
});

test("the adapter knows functions and callbacks by the guest API's numbers", () => {
  const source = (file: string) => new URL(`../assembly/${file}`, import.meta.url);
  expect(branchesOf(source("calls.ts"), /case (\d+): { status = proxy\.(proxy_\w+)\(/g)).toEqual(numberedFunctions());
  const [, callbacks = ""] =
    /const enum Callback \{([^}]*)\}/.exec(readFileSync(source("dispatched.ts"), "utf8")) ?? [];
  expect([...callbacks.matchAll(/\w+/g)].map(([name]) => `on${name}`)).toEqual(CALLBACKS.map(({ name }) => name));
});
