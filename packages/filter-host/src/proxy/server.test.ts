import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { ask, dial, scriptedUpstream, stable } from "../fixtures/sockets.ts";
import { filter, on } from "../fixtures/wat.ts";
import { type HostOptions, startHost } from "../host.ts";
import type { LogLine } from "../services.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** Adds `x-a: 1` to requests and `x-b: 2` to responses, and logs how streams go. */
const ADDS = filter(`
  ${on("proxy_on_request_headers", '(drop (call $proxy_add_header_map_value (i32.const 0) "X-A"* "1"*))')}
  ${on("proxy_on_response_headers", '(drop (call $proxy_add_header_map_value (i32.const 2) "X-B"* "2"*))')}
  ${on("proxy_on_log", '(say "log")')} ${on("proxy_on_done", '(say "done")', "(i32.const 1)")} ${on("proxy_on_delete", '(say "delete")')}`);

async function proxy(
  answer: Parameters<typeof scriptedUpstream>[0],
  module = ADDS,
  options: Partial<HostOptions> = {},
) {
  const upstream = await scriptedUpstream(answer);
  const log: LogLine[] = [];
  const plugins = [{ name: "p", module }];
  const host = await startHost({ plugins, upstream: upstream.url, log: (line) => log.push(line), ...options });
  open.push(upstream, host);
  const said = (source: LogLine["source"]) =>
    log.filter((line) => line.source === source).map(({ message }) => message);
  return { host, upstream, said };
}

/** Waits until what is expected is so; the test's time-out is the limit. */
async function eventually(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const GET = "GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";

test("headers pass in order, several of one name too, names in lower case, bytes as they are", async () => {
  const { host, upstream } = await proxy(() => [
    "HTTP/1.1 200 Fine\r\nServer: me\r\nSet-Cookie: a\r\nX: \u00e4\r\nset-cookie: b\r\nDate: then\r\ncontent-length: 2\r\n\r\nok",
  ]);
  const answer = await ask(
    host.url,
    "GET /p?q HTTP/1.1\r\nUser-Agent: t\r\nHost: h:1\r\nDup: 1\r\nX: \u00c3\u00a4\r\ndup: 2\r\nConnection: close, hop\r\nHop: 1\r\n\r\n",
  );
  expect(stable(upstream.received[0] ?? "")).toBe(
    "GET /p?q HTTP/1.1\r\nhost: h:1\r\nuser-agent: t\r\ndup: 1\r\nx: \u00c3\u00a4\r\ndup: 2\r\nx-forwarded-proto: http\r\nx-request-id: U\r\nx-a: 1\r\nx-envoy-expected-rq-timeout-ms: 15000\r\n\r\n",
  );
  expect(answer).toBe(
    "HTTP/1.1 200 OK\r\nserver: envoy\r\nset-cookie: a\r\nx: \u00e4\r\nset-cookie: b\r\ndate: then\r\ncontent-length: 2\r\nx-envoy-upstream-service-time: N\r\nx-b: 2\r\nconnection: close\r\n\r\nok",
  );
});

const STARTS = "x-envoy-upstream-service-time: N\r\nx-b: 2\r\ndate: D\r\nserver: envoy\r\nconnection: close\r\n";

test.each([
  ["HEAD", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", `HTTP/1.1 200 OK\r\ncontent-length: 9\r\n${STARTS}\r\n`],
  ["HEAD", "HTTP/1.1 200 OK\r\n\r\n", `HTTP/1.1 200 OK\r\n${STARTS}transfer-encoding: chunked\r\n\r\n`],
  ["GET", "HTTP/1.1 204 No Content\r\n\r\n", `HTTP/1.1 204 No Content\r\n${STARTS}\r\n`],
  [
    "GET",
    "HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n",
    `HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n${STARTS}\r\n`,
  ],
  [
    "GET",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    `HTTP/1.1 200 OK\r\ncontent-length: 0\r\n${STARTS}\r\n`,
  ],
])("a response without a body to %s: %s", async (method, response, expected) => {
  const { host } = await proxy(() => [response]);
  expect(await ask(host.url, GET.replace("GET", method))).toBe(expected);
});

test("bodies are streamed both ways, trailers follow them", async () => {
  const gate = Promise.withResolvers<void>();
  const { host, upstream } = await proxy(() => [
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n",
    gate.promise,
    "4\r\nlast\r\n0\r\nAfter: this\r\n\r\n",
  ]);
  const client = await dial(host.url);
  client.send("POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n");
  await eventually(() => upstream.received[0]?.includes("3\r\none\r\n") ?? false);
  expect(await client.until(/first/)).toContain("transfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n");
  client.send("3\r\ntwo\r\n0\r\nHello: x\r\n\r\n");
  await eventually(() => upstream.received[0]?.endsWith("3\r\ntwo\r\n0\r\nhello: x\r\n\r\n") ?? false);
  gate.resolve();
  expect(await client.rest()).toMatch(/4\r\nlast\r\n0\r\nafter: this\r\n\r\n$/);
});

const SIZE = 32 * 1024 * 1024;

/** Waits until nothing moves any more; what is left of a body where it came from is most of it. */
async function stuck(left: () => number): Promise<void> {
  let before = -1;
  await eventually(() => {
    const same = before === left();
    before = left();
    return same && before > 0;
  });
  expect(before).toBeGreaterThan(SIZE / 2);
}

test("an upstream waits for a slow client, and nothing is lost", async () => {
  const { host, upstream } = await proxy(() => [
    `HTTP/1.1 200 OK\r\ncontent-length: ${SIZE}\r\n\r\n`,
    "x".repeat(SIZE),
  ]);
  const client = await dial(host.url);
  client.socket.pause();
  client.send(GET);
  await stuck(() => [...upstream.sockets][0]?.writableLength ?? 0);
  client.socket.resume();
  const text = await client.rest();
  expect(text.length - text.indexOf("\r\n\r\n") - 4).toBe(SIZE);
});

test("a client waits for a slow upstream, and nothing is lost", async () => {
  const gate = Promise.withResolvers<void>();
  const { host, upstream } = await proxy((_, socket) => {
    socket.pause();
    return [gate.promise, OK];
  });
  const client = await dial(host.url);
  client.send(`POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: ${SIZE}\r\n\r\n`);
  client.send("y".repeat(SIZE));
  await stuck(() => client.socket.writableLength);
  for (const socket of upstream.sockets) socket.resume();
  const received = () => upstream.received[0] ?? "";
  await eventually(() => received().length - received().indexOf("\r\n\r\n") - 4 === SIZE);
  gate.resolve();
  expect(await client.rest()).toContain("200 OK");
});

test("many requests are in flight at once, connections are kept alive", async () => {
  const { host, upstream } = await proxy((request) => {
    const path = /^GET (\S+)/.exec(request)?.[1] ?? "";
    return [`HTTP/1.1 200 OK\r\ncontent-length: ${path.length}\r\nconnection: close\r\n\r\n${path}`, "HANG UP"];
  });
  const paths = Array.from({ length: 100 }, (_, at) => `/${at}`);
  expect(await Promise.all(paths.map(async (path) => (await fetch(new URL(path, host.url))).text()))).toEqual(paths);
  expect(upstream.received.length).toBe(paths.length);
  const client = await dial(host.url);
  client.send(GET.replace("connection: close\r\n", ""));
  expect(await client.until(/\r\n\r\n\//)).not.toMatch(/keep-alive|connection/i);
  client.send(GET);
  expect((await client.rest()).match(/HTTP\/1.1 200/g)).toHaveLength(2);
});

const LOCAL = "upstream connect error or disconnect/reset before headers. reset reason:";

test.each([
  ["hangs up", ["HANG UP"], 503, `${LOCAL} connection termination`],
  ["resets", ["RESET"], 503, `${LOCAL} connection termination`],
  ["hangs up within the head", ["HTTP/1.1 200 O", "HANG UP"], 502, `${LOCAL} protocol error`],
  ["sends no HTTP", ["what?\r\n\r\n"], 502, `${LOCAL} protocol error`],
  [
    "sends a hundred headers and more",
    [`HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(101)}\r\n`],
    502,
    `${LOCAL} protocol error`,
  ],
] as const)("an upstream that %s", async (_, steps, status, body) => {
  const { host, said } = await proxy(() => steps);
  const answer = await ask(host.url, GET);
  expect(answer).toContain(`HTTP/1.1 ${status} `);
  expect(answer).toContain("content-type: text/plain\r\nx-b: 2\r\n");
  expect(answer.split("\r\n\r\n")[1]).toBe(body);
  expect(said("host")).toEqual([expect.stringMatching(/^upstream http:\/\/127\.0\.0\.1:\d+\/: /)]);
});

test("an upstream that can't be reached is reported once", async () => {
  const { host, upstream, said } = await proxy(() => []);
  upstream.close();
  for (let count = 0; count < 2; count++) {
    const answer = await ask(host.url, GET);
    expect(answer).toContain("HTTP/1.1 503 Service Unavailable\r\n");
    expect(answer).toContain(
      `x-b: 2\r\ndate: D\r\nserver: envoy\r\nconnection: close\r\n\r\n${LOCAL} remote connection failure`,
    );
  }
  expect(said("host")).toEqual([expect.stringMatching(/ECONNREFUSED.*is it running there\?$/)]);
});

test("an upstream that takes too long is 504", async () => {
  const { host } = await proxy(() => [], ADDS, { timeout: 50 });
  expect(await ask(host.url, GET)).toMatch(
    /^HTTP\/1.1 504 Gateway Timeout\r\n[\s\S]*\r\n\r\nupstream request timeout$/,
  );
});

test.each([
  ["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", /content-length: 9\r\n[\s\S]*\r\n\r\nabc$/],
  ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n", /\r\n\r\n3\r\nabc\r\n$/],
])("a response that is cut short is cut short for the client: %s", async (response, seen) => {
  const { host } = await proxy(() => [response, "HANG UP"]);
  expect(await ask(host.url, GET)).toMatch(seen);
});

test.each([
  ["no HTTP", "what?\r\n\r\n", 400],
  ["a header without a colon", "GET / HTTP/1.1\r\nhost: h\r\nbad\r\n\r\n", 400],
  ["no host", "GET / HTTP/1.1\r\n\r\n", 400],
  [
    "both kinds of framing",
    "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    400,
  ],
  ["a fragment", "GET /a#b HTTP/1.1\r\nhost: h\r\n\r\n", 400],
  ["no path", "OPTIONS * HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n", 404],
  ["a tunnel", "CONNECT h:1 HTTP/1.1\r\nhost: h\r\n\r\n", 404],
  ["an upgrade that is not WebSocket", "GET / HTTP/1.1\r\nhost: h\r\nconnection: upgrade\r\nupgrade: irc\r\n\r\n", 403],
  ["HTTP/1.0", "GET / HTTP/1.0\r\nhost: h\r\n\r\n", 426],
  ["too many headers", `GET / HTTP/1.1\r\nhost: h\r\n${"a: b\r\n".repeat(100)}\r\n`, 431],
  ["a header that is too large", `GET / HTTP/1.1\r\nhost: h\r\na: ${"b".repeat(70_000)}\r\n\r\n`, 431],
  ["another transfer coding", "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501],
])("refused, and the host lives on: %s", async (_, request, status) => {
  const { host, upstream, said } = await proxy(() => [OK]);
  const answer = await ask(host.url, request);
  expect(answer).toContain(`HTTP/1.1 ${status} `);
  expect(answer).toContain("server: envoy\r\n");
  expect(upstream.received).toEqual([]);
  await eventually(() => said("filter").length === 3);
  expect(said("filter")).toEqual(["log", "done", "delete"]);
  expect(await ask(host.url, GET)).toContain("200 OK");
});

test("a client that goes away ends its stream and the upstream's", async () => {
  const { host, upstream, said } = await proxy(() => ["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"]);
  const client = await dial(host.url);
  client.send(GET);
  await client.until(/abc/);
  client.socket.destroy();
  await eventually(() => said("filter").length === 3);
  expect(said("filter")).toEqual(["log", "done", "delete"]);
  const [far] = upstream.sockets;
  if (!far?.destroyed) await once(far as NonNullable<typeof far>, "close");
});

test("a client that goes away within its request ends its stream", async () => {
  const { host, said } = await proxy(() => []);
  const client = await dial(host.url);
  client.send("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 10\r\n\r\nabc");
  await eventually(() => said("filter").length === 0);
  client.socket.end();
  await eventually(() => said("filter").length === 3);
});

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
  const { host } = await proxy(() => [OK], filter(on("proxy_on_request_body", "", "(i32.eqz (local.get $b))")));
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

test("a WebSocket passes with its bytes both ways", async () => {
  const { host, upstream } = await proxy((_, socket) => {
    socket.on("data", (text) => socket.write(`<${text}>`));
    return ["HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nhi"];
  });
  const client = await dial(host.url);
  client.send("GET / HTTP/1.1\r\nhost: h\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
  expect(await client.until(/hi$/)).toMatch(/^HTTP\/1.1 101 [\s\S]*x-b: 2\r\n/);
  client.send("ping");
  await client.until(/<ping>$/);
  expect(upstream.received[0]).toMatch(/connection: upgrade\r\nupgrade: websocket\r\n[\s\S]*ping$/);
});

test("without plugins it is a plain proxy; a port that is taken is an error", async () => {
  const { host } = await proxy(() => [OK], ADDS, { plugins: [] });
  expect(await ask(host.url, GET)).not.toContain("x-b");
  const taken = startHost({
    plugins: [],
    upstream: host.url,
    listen: { host: "127.0.0.1", port: Number(host.url.port) },
  });
  await expect(taken).rejects.toMatchObject({ code: "EADDRINUSE" });
});
