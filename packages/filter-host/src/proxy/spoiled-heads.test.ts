import { type HeaderMap, type Pair, Plugin, type Verdict } from "proxy-wasm-host";
import { filter, on, pairs } from "proxy-wasm-host/testing";
import { expect, test, vi } from "vitest";
import { askHttp2, http2Client, http2Upstream } from "../fixtures/http2.ts";
import { GET, OK, proxy } from "../fixtures/proxy.ts";
import { ask, dial } from "../fixtures/sockets.ts";
import { uncaught } from "../fixtures/uncaught.ts";

const CLOSES = OK.replace("content", "connection: close\r\ncontent");
const TRAILER = CLOSES.replace("content", "trailer: x\r\ncontent");
const POST = "POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ntrailer: x\r\ncontent-length: 3\r\n\r\nabc";

/** Sets one header, of requests (0) or responses (2). */
const sets = (map: number, name: string, value: string) =>
  `(drop (call $proxy_replace_header_map_value (i32.const ${map}) "${name}"* "${value}"*))`;

test("a response with `trailer` and a length passes as it is", async () => {
  const { host } = await proxy(() => [TRAILER]);
  const answer = await ask(host.url, GET);
  expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\ntrailer: x\r\ncontent-length: 2\r\n[\s\S]*\r\n\r\nok$/);
  expect((await askHttp2(http2Client(host.url), {})).headers).toMatchObject({ ":status": 200, trailer: "x" });
});

test.each([
  ["HEAD", "HEAD", TRAILER.replace("ok", ""), "200 OK"],
  ["204", "GET", "HTTP/1.1 204 No Content\r\nconnection: close\r\ntrailer: x\r\n\r\n", "204 No Content"],
  ["304", "GET", "HTTP/1.1 304 Not Modified\r\nconnection: close\r\ntrailer: x\r\n\r\n", "304 Not Modified"],
])("a response without a body, but with `trailer`, passes as it is: %s", async (_, method, response, status) => {
  const { host } = await proxy(() => [response]);
  const answer = await ask(host.url, GET.replace("GET", method));
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status}\r\n[\\s\\S]*trailer: x\r\n[\\s\\S]*\r\n\r\n$`));
});

test("chunks and trailers that are announced pass", async () => {
  const chunks = "HTTP/1.1 200 OK\r\ntrailer: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx: 1\r\n\r\n";
  const { host } = await proxy(() => [chunks]);
  expect(await ask(host.url, GET)).toMatch(/\r\ntrailer: x\r\n[\s\S]*\r\n\r\n2\r\nok\r\n0\r\nx: 1\r\n\r\n$/);
});

test.each([
  ["a filter, in a response", on("proxy_on_response_headers", sets(2, "trailer", "x")), "200 OK"],
  [
    "a filter, in a local reply",
    on(
      "proxy_on_request_headers",
      `(drop (call $proxy_send_local_response (i32.const 403) "why"* "no"* "${pairs(["trailer", "x"])}"* (i32.const -1)))`,
    ),
    "403 Forbidden",
  ],
])("`trailer` that comes from %s passes", async (_, code, status) => {
  const { host } = await proxy(() => [CLOSES], filter(code));
  const answer = await ask(host.url, GET);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status}\r\n[\\s\\S]*trailer: x\r\n[\\s\\S]*\r\n\r\n(ok|no)$`));
});

test.each([
  ["with a length", POST, /\r\ntrailer: x\r\ncontent-length: 3\r\n[\s\S]*\r\n\r\nabc$/],
  ["without a body", GET.replace("host", "trailer: x\r\nhost"), /\r\ntrailer: x\r\n[\s\S]*\r\n\r\n$/],
  [
    "that expects something",
    POST.replace("host", "expect: more\r\nhost"),
    /\r\nexpect: more\r\ntrailer: x\r\n[\s\S]*\r\n\r\nabc$/,
  ],
])("a request with `trailer` passes as it is: %s", async (_, request, sent) => {
  const { host, upstream } = await proxy(() => [CLOSES]);
  expect(await ask(host.url, request)).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  expect(upstream.received[0]).toMatch(sent);
});

/** What HTTP or Node does not allow in a head. */
const SPOILED: readonly Pair[] = [
  ["x-bad", "a\0b"],
  ["x-bad", "a\r\nx-more: 1"],
  ["x-bad", "a\x7f"],
  ["x-bad", "\xff\xfe"],
  ["x bad", "1"],
  ["x-b\xe4d", "1"],
  ["", "1"],
  [":unknown", "1"],
  [":status", "0"],
  [":status", "99"],
  [":status", "1000"],
  [":status", "-1"],
  [":status", "2e2"],
  [":status", ""],
  [":status", "100"],
  [":status", "999"],
  [":method", ""],
  [":method", "G T"],
  [":method", "\xff"],
  [":method", "CONNECT"],
  [":path", ""],
  [":path", "/a b"],
  [":path", "/\xe4\0"],
  [":authority", ""],
  [":authority", "a\nb"],
  [":scheme", "\0"],
  ["connection", "close"],
  ["connection", "x"],
  ["keep-alive", "x"],
  ["proxy-connection", "x"],
  ["transfer-encoding", "gzip"],
  ["upgrade", "x"],
  ["http2-settings", "x"],
  ["te", "gzip"],
  ["content-length", "x"],
  ["content-length", "-1"],
  ["content-length", "99999999999999999999"],
  ["date", "x"],
  ["expect", "x"],
  ["constructor", "x"],
  ["__proto__", "x"],
];

/** The head of the response, if there is one. */
const settled = async (url: URL): Promise<string> => {
  const client = await dial(url);
  client.send(GET);
  // An incomplete response would leave the client waiting, so it disconnects.
  const text = await Promise.race([client.until(/\r\n\r\n/), client.rest()]);
  client.socket.destroy();
  return text;
};

const pass = (): Verdict => "continue";

/** The head of a response over HTTP/2, if one comes. */
async function settledHttp2(url: URL): Promise<void> {
  const session = http2Client(url);
  const stream = session.request({ ":path": "/" });
  stream.on("error", () => {});
  const events = ["response", "headers", "close"].map((event) => new Promise((done) => stream.once(event, done)));
  await Promise.race(events);
  session.destroy();
}

test.each(
  (["HTTP/1", "HTTP/2"] as const).flatMap((protocol) =>
    (["request", "response"] as const).map((side) => [side, protocol] as const),
  ),
)("a filter makes the head of a %s invalid, the upstream speaks %s: no exception", async (side, protocol) => {
  const escaped = uncaught();
  const url =
    protocol === "HTTP/2"
      ? await http2Upstream((stream) => {
          if (stream.destroyed) return;
          stream.respond({ ":status": 200, "content-length": "2" });
          stream.end("ok");
        })
      : undefined;
  const { host, said } = await proxy(() => [CLOSES], undefined, { ...(url && { upstream: url }) });
  const stage = { headers: pass, data: pass, trailers: pass };
  for (const [name, value] of SPOILED) {
    const headers = (map: HeaderMap): Verdict => {
      map.replace(name, value);
      return "continue";
    };
    const spy = vi.spyOn(Plugin.prototype, "newStream").mockReturnValue({
      request: stage,
      response: stage,
      [side]: { ...stage, headers },
      log: () => {},
      end: () => {},
    });
    expect(await settled(host.url), name).toMatch(/^(HTTP\/1.1 \d{3} .*\r\n|$)/);
    await settledHttp2(host.url);
    spy.mockRestore();
    expect(await settled(host.url)).toMatch(/^HTTP\/1.1 200 /);
    expect(
      said("host").filter((line) => line.includes("internal error")),
      name,
    ).toEqual([]);
  }
  expect(escaped).toEqual([]);
});

test.each([0, 1, 99, 100, 101, 199, 204, 205, 304, 600, 999, 1000, 4294967295])(
  "a local reply with the status %i: no exception escapes",
  async (status) => {
    const escaped = uncaught();
    const reply = `(drop (call $proxy_send_local_response (i32.const ${status | 0}) "why"* "no"* (i32.const 0) (i32.const 0) (i32.const -1)))`;
    for (const callback of ["proxy_on_request_headers", "proxy_on_response_headers"]) {
      const { host, said } = await proxy(() => [CLOSES], filter(on(callback, reply)));
      expect(await settled(host.url)).toMatch(/^(HTTP\/1.1 \d{3} .*\r\n|$)/);
      await settledHttp2(host.url);
      expect(said("host").filter((line) => line.includes("internal error"))).toEqual([]);
    }
    expect(escaped).toEqual([]);
  },
);

test("a connection's request that comes before CONNECT or an upgrade is answered, then that", async () => {
  const escaped = uncaught();
  const { host } = await proxy(() => [CLOSES]);
  const first = "GET / HTTP/1.1\r\nhost: h\r\n\r\n";
  for (const second of [
    "CONNECT h:1 HTTP/1.1\r\nhost: h\r\n\r\n",
    "GET / HTTP/1.1\r\nhost: h\r\nconnection: upgrade\r\nupgrade: irc\r\n\r\n",
  ]) {
    expect(await ask(host.url, first + second)).toMatch(/^HTTP\/1.1 200 OK\r\n[\s\S]*\r\n\r\nokHTTP\/1.1 40[34] /);
  }
  expect(escaped).toEqual([]);
});

test("a client resets its connection after CONNECT, within an upgrade, and before its first byte", async () => {
  const escaped = uncaught();
  const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
  const { host } = await proxy((request) => (request.includes("upgrade") ? [SWITCH] : [CLOSES]));
  for (const [request, wait] of [
    ["", undefined],
    ["PRI *", undefined],
    ["CONNECT h:1 HTTP/1.1\r\nhost: h\r\n\r\n", undefined],
    ["GET / HTTP/1.1\r\nhost: h\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n", /101/],
  ] as const) {
    const client = await dial(host.url);
    if (request) client.send(request);
    if (wait) await client.until(wait);
    client.socket.resetAndDestroy();
    expect(await ask(host.url, GET)).toMatch(/^HTTP\/1.1 200 /);
  }
  expect(escaped).toEqual([]);
});
