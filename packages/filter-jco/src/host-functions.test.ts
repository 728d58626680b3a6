import { readFileSync } from "node:fs";
import { importedSignatures, mistyped, namedFunctions, nameOf } from "proxy-wasm-host/testing";
import { beforeAll, expect, test } from "vitest";
import { compileAdapter } from "./adapter.ts";

const CLOCK = "env.proxy_get_current_time_nanoseconds";

let imported: ReturnType<typeof importedSignatures>;
let ofDispatched: ReturnType<typeof importedSignatures>;

beforeAll(async () => {
  imported = importedSignatures((await compileAdapter()).bytes);
  ofDispatched = importedSignatures((await compileAdapter("dispatched")).bytes);
});

function apiOf(files: readonly string[]): string[] {
  const guest = import.meta.resolve("@wasm-header-filter/filter-js/guest");
  return namedFunctions(files.map((file) => readFileSync(new URL(file, guest), "utf8")).join("\n"));
}

function proxyFunctions(signatures: typeof imported): string[] {
  return signatures.map(nameOf).filter((name) => name.startsWith("env."));
}

test("the adapters import host functions with the host's types", () => {
  expect(mistyped(imported)).toEqual([]);
  expect(mistyped(ofDispatched)).toEqual([]);
});

test("the adapter imports the Proxy-Wasm functions that the guest API's host needs, and a clock", () => {
  expect(proxyFunctions(imported).sort()).toEqual([...apiOf(["host.ts"]), CLOCK].sort());
});

test("the adapter of filters with a dispatcher imports all functions of the guest API", () => {
  const all = apiOf(["host.ts", "call-outs.ts", "messages.ts", "shared.ts", "streams.ts"]);
  expect(proxyFunctions(ofDispatched).sort()).toEqual([...new Set([...all, CLOCK])].sort());
});
