import { readFileSync } from "node:fs";
import { importedSignatures, mistyped, namedFunctions, nameOf } from "proxy-wasm-host/testing";
import { beforeAll, expect, test } from "vitest";
import { compileAdapter } from "./adapter.ts";

let imported: ReturnType<typeof importedSignatures>;

beforeAll(async () => {
  imported = importedSignatures((await compileAdapter()).bytes);
});

test("the adapter imports host functions with the host's types", () => {
  expect(mistyped(imported)).toEqual([]);
});

test("the adapter imports the Proxy-Wasm functions that the guest API needs, and a clock", () => {
  const api = readFileSync(new URL("host.ts", import.meta.resolve("@wasm-header-filter/filter-js/guest")), "utf8");
  const clock = "env.proxy_get_current_time_nanoseconds";
  const ours = imported.map(nameOf).filter((name) => name.startsWith("env."));
  expect(ours.sort()).toEqual([...namedFunctions(api), clock].sort());
});
