import { tryModule } from "@wasm-header-filter/doctor";
import { filter, on } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { TRIAL_HOST } from "../src/platform/trial-host.ts";

test("what a module compresses in a trial is compressed", async () => {
  const call = '(drop (call $proxy_call_foreign_function "compress"* "hello"* (i32.const 16) (i32.const 20)))';
  const { state, uses } = await tryModule(filter(on("proxy_on_request_headers", call)), new Uint8Array(), {
    host: TRIAL_HOST,
  });
  expect([state, uses]).toEqual(["running", [{ kind: "foreign function", name: "compress", missing: false }]]);
});
