import type { TraceEvent } from "proxy-wasm-host";
import { eventually, filter, on, pairs } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { GET, OK, proxy } from "../fixtures/proxy.ts";
import { ask } from "../fixtures/sockets.ts";

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

test("a tick continues a request that a filter has paused, with its body", async () => {
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
  const module = filter(on("proxy_on_request_body", "", "(i32.eqz (local.get $end_of_stream))"));
  const post = (size: number) =>
    `POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: ${size}\r\n\r\n${"x".repeat(size)}`;
  const fits = await proxy(() => [OK], module);
  expect(await ask(fits.host.url, post(1024 * 1024))).toContain("200 OK");
  // An upstream that answers to the head alone could be faster than the body.
  const silent = await proxy(() => [], module);
  expect(await ask(silent.host.url, post(1024 * 1024 + 1))).toMatch(
    /413 Payload Too Large\r\n[\s\S]*Payload Too Large$/,
  );
});

test("a trap in a response's body cuts it short, later requests get 503 without a body", async () => {
  const { host } = await proxy(() => [OK], filter(on("proxy_on_response_body", "unreachable")));
  expect(await ask(host.url, GET)).toMatch(/^HTTP\/1.1 200 OK[\s\S]*\r\n\r\n$/);
  expect(await ask(host.url, GET)).toBe(
    "HTTP/1.1 503 Service Unavailable\r\ndate: D\r\nserver: envoy\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
  );
});

test("a status that a filter makes invalid becomes 502", async () => {
  const { host } = await proxy(
    () => [OK],
    filter(
      on("proxy_on_response_headers", '(drop (call $proxy_replace_header_map_value (i32.const 2) ":status"* "abc"*))'),
    ),
  );
  expect(await ask(host.url, GET)).toMatch(/^HTTP\/1.1 502 Bad Gateway[\s\S]*missing required header: :status$/);
});

test("a header that HTTP does not allow is dropped from a response and rejected in a request", async () => {
  const add = (map: number) => `(drop (call $proxy_add_header_map_value (i32.const ${map}) "x"* "a\\0d\\0aEvil: 1"*))`;
  const response = await proxy(() => [OK], filter(on("proxy_on_response_headers", add(2))));
  expect(await ask(response.host.url, GET)).not.toMatch(/evil/i);
  expect(response.said("host")).toEqual(['response header "x" dropped: HTTP does not allow it']);
  const request = await proxy(() => [OK], filter(on("proxy_on_request_headers", add(0))));
  expect(await ask(request.host.url, GET)).toMatch(/^HTTP\/1.1 503 [\s\S]*invalid header value for: x$/);
  expect(request.upstream.received).toEqual([]);
});

test("trailers that a filter adds at the end of a body pass the filters behind it, and go out", async () => {
  const add = (map: number) => `(if (local.get $end_of_stream) (then
    (drop (call $proxy_add_header_map_value (i32.const ${map}) "x-added"* "yes"*))))`;
  const adder = filter(`${on("proxy_on_request_body", add(1))} ${on("proxy_on_response_body", add(3))}
    ${on("proxy_on_log", '(drop (call $proxy_get_header_map_value (i32.const 3) "x-added"* (i32.const 16) (i32.const 20)))')}`);
  const witness = filter(
    ["request", "response"].map((side) => on(`proxy_on_${side}_trailers`, `(say "${side}")`)).join(""),
  );
  const events: TraceEvent[] = [];
  const answer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
  const { host, upstream, said } = await proxy(() => [answer], adder, {
    plugins: [
      { name: "before", module: witness, vmId: "a" },
      { name: "adds", module: adder },
      { name: "behind", module: witness, vmId: "b" },
    ],
    trace: (event) => events.push(event),
  });
  const post =
    "POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
  expect(await ask(host.url, post)).toMatch(/2\r\nok\r\n0\r\nx-added: yes\r\n\r\n$/);
  await eventually(() => (upstream.received[0] ?? "").endsWith("2\r\nhi\r\n0\r\nx-added: yes\r\n\r\n"));
  // A request meets the last filter behind it, a response the first.
  expect(said("filter").sort()).toEqual(["request", "response"]);
  await eventually(() =>
    events.some(({ name, results }) => name === "proxy_get_header_map_value" && results?.value === "yes"),
  );
});

test("trailers cannot be added before the end of a body", async () => {
  const add = '(drop (call $proxy_add_header_map_value (i32.const 1) "a"* "b"*))';
  const events: TraceEvent[] = [];
  const { host } = await proxy(() => [OK], filter(on("proxy_on_request_headers", add)), {
    trace: (event) => events.push(event),
  });
  await ask(host.url, GET);
  expect(events.filter(({ kind, result }) => kind === "call" && result !== undefined)).toMatchObject([
    { result: "BAD_ARGUMENT" },
  ]);
});

test.each([
  [0, "", "wasm_close_stream"],
  [2, "200 OK", "via_upstream"],
])("closing stream %i", async (stream, answer, details) => {
  const read = '(drop (call $proxy_get_property "response\\00code_details"* (i32.const 16) (i32.const 20)))';
  const events: TraceEvent[] = [];
  const module = filter(`
    ${on("proxy_on_request_headers", `(drop (call $proxy_close_stream (i32.const ${stream})))`)} ${on("proxy_on_log", read)}`);
  const { host } = await proxy(() => [OK], module, { trace: (event) => events.push(event) });
  expect(await ask(host.url, GET)).toContain(answer);
  await eventually(() => events.some(({ results }) => results?.value === details));
});

test("of two local responses the first wins, unless the second answers to the first's headers", async () => {
  const local = (status: number) =>
    `(drop (call $proxy_send_local_response (i32.const ${status}) "a b"* "${status}"* "${pairs([":status", "299"], ["x", "y"])}"* (i32.const -1)))`;
  const first = await proxy(() => [OK], filter(on("proxy_on_request_headers", local(401) + local(402))));
  expect(await ask(first.host.url, GET)).toMatch(/^HTTP\/1.1 401 Unauthorized\r\nx: y\r\n[\s\S]*\r\n\r\n401$/);
  const both = on("proxy_on_request_headers", local(401)) + on("proxy_on_response_headers", local(403));
  const second = await proxy(() => [OK], filter(both));
  expect(await ask(second.host.url, GET)).toMatch(/^HTTP\/1.1 403 Forbidden\r\nx: y\r\n[\s\S]*\r\n\r\n403$/);
});
