import { BinaryWriter } from "@bufbuild/protobuf/wire";
import type { TraceEvent } from "proxy-wasm-host";
import { escaped, eventually, filter, on, pairs } from "proxy-wasm-host/testing";
import { expect, onTestFinished, test } from "vitest";
import { grpcServer } from "../fixtures/grpc.ts";
import { GET, OK, proxy } from "../fixtures/proxy.ts";
import { ask } from "../fixtures/sockets.ts";

/** A GrpcService that names a cluster (`envoy_grpc`, 1) or a target's URI (`google_grpc`, 2). */
const service = (kind: 1 | 2, name: string) =>
  escaped(new BinaryWriter().tag(kind, 2).bytes(new BinaryWriter().tag(1, 2).string(name).finish()).finish());

const METADATA = `"${pairs(["X-Meta", "m"])}"*`;
const TOKEN = "(i32.load (i32.const 16))";
const call = (target: string, method: string, message = "hi", timeout = 60_000) =>
  `(drop (call $proxy_grpc_call "${target}"* "test.Echo"* "${method}"* ${METADATA} "${message}"* (i32.const ${timeout}) (i32.const 16)))`;
const stream = (target: string) =>
  `(drop (call $proxy_grpc_stream "${target}"* "test.Echo"* "Chat"* ${METADATA} (i32.const 16)))`;
const send = (message: string, end = 0) => `(drop (call $proxy_grpc_send ${TOKEN} "${message}"* (i32.const ${end})))`;
const close = `(drop (call $proxy_grpc_close ${TOKEN}))`;
const cancel = `(drop (call $proxy_grpc_cancel ${TOKEN}))`;

const RESULT = "(i32.const 32) (i32.const 36)";
const LISTEN = (received: string) => `
  ${on("proxy_on_grpc_receive_initial_metadata", `(drop (call $proxy_get_header_map_value (i32.const 4) "x-initial"* ${RESULT}))`)}
  ${on("proxy_on_grpc_receive", `(drop (call $proxy_get_buffer_bytes (i32.const 5) (i32.const 0) (i32.const 99) ${RESULT})) ${received}`)}
  ${on("proxy_on_grpc_receive_trailing_metadata", `(drop (call $proxy_get_header_map_value (i32.const 5) "x-trailing"* ${RESULT}))`)}
  ${on("proxy_on_grpc_close", `(drop (call $proxy_get_status (i32.const 40) ${RESULT}))`)}`;

/** Runs code on a request; `until` is the callback after which nothing more is waited for. */
async function run(code: (cluster: string, url: URL) => string, received = "", until = "proxy_on_grpc_close") {
  const server = await grpcServer();
  onTestFinished(() => server.close());
  const events: TraceEvent[] = [];
  const module = filter(`${on("proxy_on_request_headers", code(service(1, "echo"), server.url))} ${LISTEN(received)}`);
  const clusters = { echo: server.url, dead: new URL("http://127.0.0.1:1") };
  const { host } = await proxy(() => [OK], module, { clusters, trace: (event) => events.push(event) });
  await ask(host.url, GET);
  await eventually(() => events.some(({ name, phase }) => name === until && phase === "leave"));
  const story = events.flatMap(({ kind, phase, name, args, result, results }) => {
    const short = name.replace(/^proxy_(on_)?/, "");
    if (kind === "callback") {
      const { context, ...rest } = args;
      return phase === "enter" && name.startsWith("proxy_on_grpc") ? [[short, ...Object.values(rest)]] : [];
    }
    return phase === "leave" ? [[short, result, ...Object.values(results ?? {})]] : [];
  });
  return { story, seen: server.seen };
}

test("a call returns the response's message, and nothing else", async () => {
  const { story, seen } = await run((cluster) => call(cluster, "Once"), "", "proxy_on_grpc_receive");
  expect(story).toEqual([
    ["grpc_call", "OK", 5],
    ["grpc_receive", 5, 5],
    ["get_buffer_bytes", "OK", "re:hi"],
  ]);
  expect(seen).toEqual([
    { "x-meta": "m", "x-envoy-internal": "true", "x-envoy-expected-rq-timeout-ms": "60000" },
    "echo",
  ]);
});

test("a call may take as long as 32 bits can say", async () => {
  const longest = 2 ** 32 - 1;
  const { story, seen } = await run((cluster) => call(cluster, "Once", "hi", longest), "", "proxy_on_grpc_receive");
  expect(story.at(-1)).toEqual(["get_buffer_bytes", "OK", "re:hi"]);
  expect(seen).toContainEqual(expect.objectContaining({ "x-envoy-expected-rq-timeout-ms": String(longest) }));
});

test.each([
  ["by a cluster's bare name", () => "echo"],
  ["by a target's URI", (_: string, url: URL) => service(2, `dns:///${url.host}`)],
])("a service is named %s", async (_, target) => {
  const { story } = await run((cluster, url) => call(target(cluster, url), "Once"), "", "proxy_on_grpc_receive");
  expect(story.at(-1)).toEqual(["get_buffer_bytes", "OK", "re:hi"]);
});

const RESET = "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure";
const DEAD =
  "upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}";

test.each([
  ["that fails", (cluster: string) => call(cluster, "Refuse"), 7, "no{via_upstream}"],
  [
    "without such a method",
    (cluster: string) => call(cluster, "Nope"),
    12,
    "The server does not implement the method /test.Echo/Nope{via_upstream}",
  ],
  [
    "that takes too long",
    (cluster: string) => call(cluster, "Never", "hi", 60),
    14,
    "upstream request timeout{response_timeout}",
  ],
  ["that can't be reached", () => call(service(1, "dead"), "Once"), 14, `${RESET}{${DEAD}}`],
])("a call of a service %s", async (_, code, status, message) => {
  const { story } = await run(code);
  expect(story).toEqual([
    ["grpc_call", "OK", 5],
    ["grpc_close", 5, status],
    ["get_status", "OK", status, message],
  ]);
});

test("an unknown cluster fails at once, and is also reported by a callback", async () => {
  const { story } = await run(() => call(service(1, "none"), "Once") + call("\\ff\\ff", "Once"));
  expect(story).toEqual([
    ["grpc_call", "INTERNAL_FAILURE"],
    ["grpc_call", "PARSE_FAILURE"],
    ["grpc_close", 5, 14],
    ["get_status", "OK", 14, "Cluster not available"],
  ]);
});

test("a stream from beginning to end", async () => {
  const { story, seen } = await run((cluster) => stream(cluster) + send("one") + send("bye", 1) + send("too late"));
  expect(story).toEqual([
    ["grpc_stream", "OK", 6],
    ["grpc_send", "OK"],
    ["grpc_send", "OK"],
    ["grpc_send", "OK"],
    ["grpc_receive_initial_metadata", 6, 7],
    ["get_header_map_value", "OK", "i"],
    ["grpc_receive", 6, 6],
    ["get_buffer_bytes", "OK", "re:one"],
    ["grpc_receive", 6, 6],
    ["get_buffer_bytes", "OK", "re:bye"],
    ["grpc_receive_trailing_metadata", 6, 3],
    ["get_header_map_value", "OK", "t"],
    ["grpc_close", 6, 0],
    ["get_status", "OK", 0, "OK{via_upstream}"],
  ]);
  expect(seen.slice(0, 2)).toEqual(["one", "bye"]);
});

test("a stream that the module closes still receives events", async () => {
  const { story, seen } = await run((cluster) => stream(cluster) + send("one"), close + send("again"));
  expect(story.map(([name, ...rest]) => [name, rest.at(-1)])).toEqual([
    ["grpc_stream", 6],
    ["grpc_send", "OK"],
    ["grpc_receive_initial_metadata", 6],
    ["get_header_map_value", "i"],
    ["grpc_receive", 6],
    ["get_buffer_bytes", "re:one"],
    ["grpc_close", "OK"],
    ["grpc_send", "OK"],
    ["grpc_receive_trailing_metadata", 3],
    ["get_header_map_value", "t"],
    ["grpc_close", 0],
    ["get_status", "OK{via_upstream}"],
  ]);
  expect(seen).toContain("half-closed");
  expect(seen).not.toContain("again");
});

test("a stream that the module cancels has no further events", async () => {
  const { story, seen } = await run(
    (cluster) => stream(cluster) + send("one"),
    cancel + send("x") + cancel,
    "proxy_on_grpc_receive",
  );
  expect(story.slice(-3)).toEqual([
    ["grpc_cancel", "OK"],
    ["grpc_send", "NOT_FOUND"],
    ["grpc_cancel", "NOT_FOUND"],
  ]);
  await eventually(() => seen.includes("cancelled"));
});
