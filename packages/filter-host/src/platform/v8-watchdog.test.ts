import { filter, filters, on, REQUEST, statusOf } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { nodePlatform } from "./node-platform.ts";

test("a callback that never returns is ended and answered as a trap, the next VM serves", () => {
  const module = filter(`
    ${on(
      "proxy_on_request_headers",
      `(if (i32.eqz (call $proxy_get_header_map_value (i32.const 0) "hello"* (i32.const 16) (i32.const 20)))
         (then (loop $again (drop (call $proxy_get_header_map_size (i32.const 0) (i32.const 16))) (br $again))))`,
    )}`);
  const { pass, host, plugin } = filters(
    module,
    { failPolicy: "reload", reloadInterval: 0 },
    { callbackTimeout: 50, platform: nodePlatform },
  );
  const stream = pass();
  expect([statusOf(stream), statusOf(pass([...REQUEST, ["hello", ""]]))]).toEqual(["200", "503"]);
  expect(plugin.error).toBe("proxy_on_request_headers trapped: did not return within 50 ms");
  expect([statusOf(pass()), host().at(-1)]).toEqual(["200", "loaded again in a new VM"]);
});

test("a start that never ends is refused", () => {
  const { plugin } = filters(
    filter('(func (export "_initialize") (loop $again (br $again)))'),
    {},
    { callbackTimeout: 50, platform: nodePlatform },
  );
  expect([plugin.state, plugin.error]).toEqual([
    "refused",
    "the module can't run: _initialize trapped: did not return within 50 ms",
  ]);
});
