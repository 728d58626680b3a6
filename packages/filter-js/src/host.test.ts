import { readFileSync } from "node:fs";
import { namedFunctions, uncovered } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";

/** What a filter in TypeScript cannot call. */
const UNREACHABLE = {
  "the engines bind Date to a clock": ["env.proxy_get_current_time_nanoseconds"],
};

const SOURCES = ["host.ts", "call-outs.ts", "messages.ts", "shared.ts", "streams.ts"];

test("each Proxy-Wasm function is behind one of the guest API's, or unreachable for a reason", () => {
  const source = SOURCES.map((file) => readFileSync(new URL(file, import.meta.url), "utf8")).join("\n");
  expect(uncovered(namedFunctions(source), UNREACHABLE, (name) => name.startsWith("env.proxy_"))).toEqual([]);
});
