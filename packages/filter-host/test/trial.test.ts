import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tryModule } from "@wasm-header-filter/doctor";
import { filter, on, pairs, REQUEST } from "proxy-wasm-host/testing";
import { expect, onTestFinished, test } from "vitest";
import { TRIAL_HOST } from "../src/platform/trial-host.ts";

test("a named cluster answers, and its filter sees root id and configuration", async () => {
  const asked: (string | undefined)[] = [];
  const service = createServer(({ url }, response) => {
    asked.push(url);
    response.writeHead(418).end();
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void service.close());
  await once(service, "listening");
  const headers = pairs([":method", "GET"], [":path", "/asked"], [":authority", "a"]);
  const nothing = "(i32.const 0) (i32.const 0)";
  const module = filter(`
    ${on("proxy_on_request_headers", `(drop (call $proxy_http_call "service"* "${headers}"* ${nothing} ${nothing} (i32.const 0) (i32.const 16)))`, "(i32.const 1)")}
    ${on(
      "proxy_on_http_call_response",
      `(drop (call $proxy_get_header_map_value (i32.const 6) ":status"* (i32.const 16) (i32.const 20)))
       (drop (call $proxy_log (i32.const 2) (i32.load (i32.const 16)) (i32.load (i32.const 20))))
       (drop (call $proxy_get_property "plugin_root_id"* (i32.const 16) (i32.const 20)))
       (drop (call $proxy_log (i32.const 2) (i32.load (i32.const 16)) (i32.load (i32.const 20))))
       (drop (call $proxy_set_effective_context (i32.const 2)))
       (drop (call $proxy_continue_stream (i32.const 0)))`,
    )}`);
  const { log, requests, uses } = await tryModule(module, new Uint8Array(), {
    host: TRIAL_HOST,
    plugin: { rootId: "root" },
    clusters: { service: new URL(`http://127.0.0.1:${(service.address() as AddressInfo).port}`) },
    requests: [{ name: "one", headers: REQUEST }],
  });
  expect(asked).toEqual(["/asked"]);
  expect(log.map(({ message }) => message)).toEqual(["418", "root"]);
  expect(requests.map(({ name, held }) => [name, held])).toEqual([["one", undefined]]);
  expect(uses).toContainEqual({ kind: "cluster", name: "service", missing: false });
});

test("what a module compresses in a trial is compressed", async () => {
  const call = '(drop (call $proxy_call_foreign_function "compress"* "hello"* (i32.const 16) (i32.const 20)))';
  const { state, uses } = await tryModule(filter(on("proxy_on_request_headers", call)), new Uint8Array(), {
    host: TRIAL_HOST,
  });
  expect([state, uses]).toEqual(["running", [{ kind: "foreign function", name: "compress", missing: false }]]);
});
