import type { Pair, TraceEvent } from "proxy-wasm-host";
import { eventually, filter, on, pairs } from "proxy-wasm-host/testing";
import { expect, onTestFinished, test } from "vitest";
import { GET, OK, proxy } from "../fixtures/proxy.ts";
import { ask, scriptedUpstream } from "../fixtures/sockets.ts";

const SIDE: readonly Pair[] = [
  [":method", "POST"],
  [":path", "/side?x=1"],
  [":authority", "side.local"],
  ["X-One", "1"],
];
const ANSWER =
  "HTTP/1.1 201 Created\r\nx-side: yes\r\ntransfer-encoding: chunked\r\ntrailer: x-t\r\n\r\n5\r\nhello\r\n0\r\nx-t: tv\r\n\r\n";

const call = (cluster: string, headers: readonly Pair[], body = "", timeout = 60_000) =>
  `(drop (call $proxy_http_call "${cluster}"* "${pairs(...headers)}"* "${body}"* "${pairs(["x-trailer", "t"])}"* (i32.const ${timeout}) (i32.const 16)))`;
const look = (map: number, name: string) =>
  `(drop (call $proxy_get_header_map_value (i32.const ${map}) "${name}"* (i32.const 32) (i32.const 36)))`;
const BODY =
  "(drop (call $proxy_get_buffer_bytes (i32.const 4) (i32.const 0) (i32.const 99) (i32.const 32) (i32.const 36)))";

/** A host that records its filter's calls, and a service that it may call. */
async function host(module: Uint8Array, answer: Parameters<typeof scriptedUpstream>[0]) {
  const side = await scriptedUpstream(answer);
  const events: TraceEvent[] = [];
  const clusters = { side: side.url, dead: new URL("http://127.0.0.1:1") };
  onTestFinished(() => side.close());
  const started = await proxy(() => [OK], module, { clusters, trace: (event) => events.push(event) });
  /** What host functions returned since the last time. */
  const calls = () =>
    events
      .splice(0)
      .filter(({ kind, phase }) => kind === "call" && phase === "leave")
      .map(({ name, result, results }) => [name.replace("proxy_", ""), result, ...Object.values(results ?? {})]);
  return { ...started, side, events, calls };
}

test("a request waits for the answer of another service, then continues with its result", async () => {
  const module = filter(`
    (global $stream (mut i32) (i32.const 0))
    ${on("proxy_on_request_headers", `(global.set $stream (local.get $context)) ${call("side", SIDE, "body")}`, "(i32.const 1)")}
    ${on(
      "proxy_on_http_call_response",
      `${look(6, ":status")} ${look(7, "x-t")} ${BODY} ${look(0, ":path")}
       (drop (call $proxy_add_header_map_value (i32.const 6) "a"* "b"*))
       (drop (call $proxy_set_effective_context (global.get $stream)))
       ${look(6, "x-side")} (drop (call $proxy_add_header_map_value (i32.const 0) "x-said"* "yes"*))
       (drop (call $proxy_continue_stream (i32.const 0)))`,
    )}`);
  const { host: started, upstream, side, events, calls } = await host(module, () => [ANSWER]);
  expect(await ask(started.url, GET)).toContain("200 OK");
  expect(side.received).toEqual([
    "POST /side?x=1 HTTP/1.1\r\nhost: side.local\r\nx-one: 1\r\ncontent-length: 4\r\nx-envoy-internal: true\r\nx-envoy-expected-rq-timeout-ms: 60000\r\n\r\nbody",
  ]);
  expect(upstream.received[0]).toContain("\r\nx-said: yes\r\n");
  expect(events.find(({ name }) => name === "proxy_on_http_call_response")?.args).toEqual({
    context: 1,
    token: 4,
    headers: 5,
    body_size: 5,
    trailers: 1,
  });
  expect(calls()).toEqual([
    ["http_call", "OK", 4],
    ["get_header_map_value", "OK", "201"],
    ["get_header_map_value", "OK", "tv"],
    ["get_buffer_bytes", "OK", "hello"],
    // The root context has no request.
    ["get_header_map_value", "BAD_ARGUMENT"],
    ["add_header_map_value", "BAD_ARGUMENT"],
    ["set_effective_context", "OK"],
    ["get_header_map_value", "OK", "yes"],
    ["add_header_map_value", "OK"],
    ["continue_stream", "OK"],
  ]);
});

const RESET = "upstream connect error or disconnect/reset before headers. reset reason:";

test.each([
  ["can't be reached", "dead", SIDE, [], [3, 98, "503", `${RESET} remote connection failure`, 0, ""]],
  ["hangs up", "side", SIDE, ["HANG UP"], [3, 95, "503", `${RESET} connection termination`, 0, ""]],
  ["speaks no HTTP", "side", SIDE, ["what?\r\n\r\n"], [3, 87, "502", `${RESET} protocol error`, 0, ""]],
  ["takes too long", "side", SIDE, [], [3, 24, "504", "upstream request timeout", 0, ""]],
  [
    "is cut short",
    "side",
    SIDE,
    ["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", "HANG UP"],
    [0, 0, undefined, undefined, 11, "reset"],
  ],
  [
    "gets a bad header",
    "side",
    [...SIDE, ["bad name", "v"]],
    [],
    [3, 29, "503", "invalid header name: bad name", 0, ""],
  ],
] as const)("a service that %s", async (name, cluster, headers, answer, expected) => {
  const timeout = name === "takes too long" ? 60 : 60_000;
  const module = filter(`
    ${on("proxy_on_request_headers", call(cluster, headers, "", timeout))}
    ${on("proxy_on_http_call_response", `${look(6, ":status")} ${BODY} (drop (call $proxy_get_status (i32.const 16) (i32.const 32) (i32.const 36)))`)}`);
  const { host: started, events, calls } = await host(module, () => answer);
  await ask(started.url, GET);
  await eventually(() => events.some(({ name }) => name === "proxy_get_status"));
  const args = events.find(({ name }) => name === "proxy_on_http_call_response")?.args;
  const [, status, body, outcome] = calls();
  expect([args?.headers, args?.body_size, status?.[2], body?.[2], outcome?.[2], outcome?.[3]]).toEqual(expected);
});

test("invalid calls are BAD_ARGUMENT, and have no token", async () => {
  const without = (name: string) => SIDE.filter(([one]) => one !== name);
  const refused = [
    call("nowhere", SIDE),
    ...[":method", ":path", ":authority"].map((name) => call("side", without(name))),
    call("side", SIDE, "", -1),
    call("side", [...without(":authority"), ["host", "h"]]),
  ];
  const module = filter(on("proxy_on_request_headers", refused.join("")));
  const { host: started, side, calls } = await host(module, () => [ANSWER]);
  await ask(started.url, GET);
  expect(calls().map(([, ...rest]) => rest)).toEqual([...Array(5).fill(["BAD_ARGUMENT"]), ["OK", 4]]);
  await eventually(() => side.received.length > 0);
});

test("the calls of a VM that traps are canceled", async () => {
  const module = filter(`
    ${on("proxy_on_request_headers", `${call("side", SIDE)} ${call("side", SIDE)}`)}
    ${on("proxy_on_http_call_response", "unreachable")}`);
  const {
    host: started,
    side,
    events,
  } = await host(module, (_, socket) => (side.sockets.size === 1 || socket === [...side.sockets][0] ? [ANSWER] : []));
  await ask(started.url, GET);
  await eventually(() => side.sockets.size === 2 && [...side.sockets].some(({ destroyed }) => destroyed));
  expect(events.filter(({ name, phase }) => name === "proxy_on_http_call_response" && phase === "enter")).toHaveLength(
    1,
  );
});
