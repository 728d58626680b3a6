import { tryModule } from "@wasm-header-filter/doctor";
import { filter, on } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { nodePlatform } from "../src/platform/node-platform.ts";

const FOREVER = "(loop $on (br $on))";

test.each([
  ["proxy_on_configure", "refused"],
  ["proxy_on_request_headers", "failed"],
])("a module that never returns from %s is reported after a time limit", (callback, state) => {
  const trial = tryModule(filter(on(callback, FOREVER)), new Uint8Array(), {
    platform: nodePlatform,
    callbackTimeout: 50,
  });
  expect(trial).toMatchObject({ state, error: expect.stringContaining("did not return within 50 ms") });
});
