import { expect, test } from "vitest";
import { GET, OK, proxy } from "../fixtures/proxy.ts";
import { ask } from "../fixtures/sockets.ts";
import { filter, on } from "../fixtures/wat.ts";

const DENY = (callback: string) =>
  filter(
    on(
      callback,
      '(drop (call $proxy_send_local_response (i32.const 403) "why"* "no\\0a"* "\\01\\00\\00\\00\\01\\00\\00\\00\\01\\00\\00\\00A\\00b\\00"* (i32.const -1)))',
    ),
  );

test.each([
  [
    "proxy_on_request_headers",
    GET,
    "HTTP/1.1 403 Forbidden\r\na: b\r\ncontent-length: 3\r\ncontent-type: text/plain\r\ndate: D\r\nserver: envoy\r\nconnection: close\r\n\r\nno\n",
  ],
  [
    "proxy_on_request_headers",
    GET.replace("GET", "HEAD"),
    "HTTP/1.1 403 Forbidden\r\na: b\r\ncontent-length: 3\r\ncontent-type: text/plain\r\ndate: D\r\nserver: envoy\r\nconnection: close\r\n\r\n",
  ],
  [
    "proxy_on_request_headers",
    GET.replace("host", "content-type: application/grpc\r\nhost"),
    "HTTP/1.1 200 OK\r\na: b\r\ncontent-type: application/grpc\r\ngrpc-status: 7\r\ngrpc-message: no%0A\r\ndate: D\r\nserver: envoy\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
  ],
  [
    "proxy_on_request_body",
    "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n\r\nabc",
    "HTTP/1.1 403 Forbidden\r\na: b\r\ncontent-length: 3\r\ncontent-type: text/plain\r\ndate: D\r\nserver: envoy\r\nconnection: close\r\n\r\nno\n",
  ],
  [
    "proxy_on_response_headers",
    GET,
    "HTTP/1.1 403 Forbidden\r\na: b\r\ncontent-length: 3\r\ncontent-type: text/plain\r\ndate: D\r\nserver: envoy\r\nconnection: close\r\n\r\nno\n",
  ],
  [
    "proxy_on_response_body",
    GET,
    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-envoy-upstream-service-time: N\r\ndate: D\r\nserver: envoy\r\nconnection: close\r\n\r\n",
  ],
])("a local response from %s to %s", async (callback, request, expected) => {
  const { host } = await proxy(() => [OK], DENY(callback));
  expect(await ask(host.url, request)).toBe(expected);
});

test("a request that a filter pauses goes on by a tick, body and all", async () => {
  const module = filter(`
    (global $paused (mut i32) (i32.const 0))
    (func (export "proxy_on_configure") (param i32 i32) (result i32) (drop (call $proxy_set_tick_period_milliseconds (i32.const 5))) (i32.const 1))
    ${on("proxy_on_request_headers", "(global.set $paused (local.get $context))", "(i32.const 1)")}
    ${on("proxy_on_tick", "(if (global.get $paused) (then (drop (call $proxy_set_effective_context (global.get $paused))) (drop (call $proxy_continue_stream (i32.const 0))) (global.set $paused (i32.const 0))))")}`);
  const { host, upstream } = await proxy(() => [OK], module);
  expect(
    await ask(host.url, "POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc"),
  ).toContain("200 OK");
  expect(upstream.received[0]).toMatch(/\r\n\r\nabc$/);
});

test("a body that a filter buffers may have 1 MiB, no more", async () => {
  const { host } = await proxy(
    () => [OK],
    filter(on("proxy_on_request_body", "", "(i32.eqz (local.get $end_of_stream))")),
  );
  const post = (size: number) =>
    `POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: ${size}\r\n\r\n${"x".repeat(size)}`;
  expect(await ask(host.url, post(1024 * 1024))).toContain("200 OK");
  expect(await ask(host.url, post(1024 * 1024 + 1))).toMatch(/413 Payload Too Large\r\n[\s\S]*Payload Too Large$/);
});

test("a trap in a response's body cuts it short, later requests get 503 without a body", async () => {
  const { host } = await proxy(() => [OK], filter(on("proxy_on_response_body", "unreachable")));
  expect(await ask(host.url, GET)).toMatch(/^HTTP\/1.1 200 OK[\s\S]*\r\n\r\n$/);
  expect(await ask(host.url, GET)).toBe(
    "HTTP/1.1 503 Service Unavailable\r\ndate: D\r\nserver: envoy\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
  );
});

test("a status that a filter has spoiled is 502", async () => {
  const { host } = await proxy(
    () => [OK],
    filter(
      on("proxy_on_response_headers", '(drop (call $proxy_replace_header_map_value (i32.const 2) ":status"* "abc"*))'),
    ),
  );
  expect(await ask(host.url, GET)).toMatch(/^HTTP\/1.1 502 Bad Gateway[\s\S]*missing required header: :status$/);
});

test("what HTTP can't say is left out of a response and refused in a request", async () => {
  const add = (map: number) => `(drop (call $proxy_add_header_map_value (i32.const ${map}) "x"* "a\\0d\\0aEvil: 1"*))`;
  const response = await proxy(() => [OK], filter(on("proxy_on_response_headers", add(2))));
  expect(await ask(response.host.url, GET)).not.toMatch(/evil/i);
  expect(response.said("host")).toEqual(['response header "x" left out: HTTP does not allow it']);
  const request = await proxy(() => [OK], filter(on("proxy_on_request_headers", add(0))));
  expect(await ask(request.host.url, GET)).toMatch(/^HTTP\/1.1 503 [\s\S]*invalid header value for: x$/);
  expect(request.upstream.received).toEqual([]);
});
