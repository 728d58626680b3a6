import { uncovered } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { apiFunctions } from "../test/guest-api.ts";

/** What a filter in TypeScript cannot call. */
const UNREACHABLE = {
  "the engines bind Date to a clock": ["env.proxy_get_current_time_nanoseconds"],
};

test("each Proxy-Wasm function is behind one of the guest API's, or unreachable for a reason", () => {
  expect(uncovered(apiFunctions(), UNREACHABLE, (name) => name.startsWith("env.proxy_"))).toEqual([]);
});
