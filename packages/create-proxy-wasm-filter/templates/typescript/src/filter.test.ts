import { BufferType, encodeUtf8, MapType } from "@wasm-header-filter/filter-js/guest";
import { fakeHost } from "@wasm-header-filter/filter-js/testing";
import { loadFilter } from "@wasm-header-filter/filter-kit/testing";
import { expect, test } from "vitest";
import filter from "./filter.ts";

function configured(configuration: unknown) {
  const bytes = encodeUtf8(JSON.stringify(configuration));
  const host = fakeHost({ buffers: { [BufferType.PluginConfiguration]: bytes } });
  const callbacks = filter(host);
  return { host, callbacks, plugin: callbacks.onConfigure(bytes.length, undefined) };
}

test("adds the header", () => {
  const { host, callbacks, plugin } = configured({ greeting: "hi" });
  if (!plugin) throw new Error("refused");
  callbacks.onResponseHeaders?.(plugin, 0, true);
  expect(host.headers[MapType.ResponseHeaders]).toEqual([["x-greeting", "hi"]]);
});

test("refuses a configuration without a greeting", () => {
  expect(configured({}).plugin).toBeUndefined();
});

test("greets each response, in the engine", async () => {
  const built = await loadFilter();
  const { response, upstream } = await built.request({ path: "/page", headers: [["x-a", "b"]] });
  expect(response?.header("x-greeting")).toBe("hello");
  expect(upstream?.header("x-a")).toBe("b");
});
