import { once } from "node:events";
import type { ClientHttp2Stream } from "node:http2";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { eventually, filter, on, pairs } from "proxy-wasm-host/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { grpcServer } from "../../fixtures/grpc.ts";
import { askHttp2, http2Client, http2Upstream, plain } from "../../fixtures/http2.ts";
import { GET, OK, proxy } from "../../fixtures/proxy.ts";
import { ask, dial } from "../../fixtures/sockets.ts";

const timeout = setTimeout;

test("HTTP/2 and HTTP/1.1 on the same port, to an upstream of HTTP/1.1", async () => {
  const { host, upstream, said } = await proxy(() => [OK.replace("content", "connection: close\r\ncontent")]);
  const client = http2Client(host.url);
  const got = await askHttp2(client, { ":method": "POST", cookie: ["a=1", "b=2"], te: "trailers" }, "abc");
  expect(got).toEqual({
    headers: { ":status": 200, "content-length": "2", "x-b": "2", server: "envoy" },
    body: "ok",
    trailers: undefined,
    reset: 0,
  });
  expect(upstream.received[0]).toMatch(/^POST \/ HTTP\/1.1\r\nhost: 127[\s\S]*\r\ncookie: a=1; b=2\r\n/);
  expect(upstream.received[0]).toMatch(/x-a: 1\r\n[\s\S]*3\r\nabc\r\n0\r\n\r\n$/);
  expect(await ask(host.url, GET)).toContain("x-b: 2");
  await eventually(() => said("filter").length === 6);
});

test("a preface that comes byte by byte", async () => {
  const { host } = await proxy(() => [OK]);
  const client = await dial(host.url);
  for (const byte of "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") {
    client.send(byte);
    await new Promise(setImmediate);
  }
  client.send("\0\0\0\u0004\0\0\0\0\0");
  // The server acknowledges the settings.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: frames are not text.
  await client.until(/\0\0\0\x04\x01\0\0\0\0/);
  client.socket.destroy();
});

test("headers, bodies and trailers pass HTTP/2 both ways, and filters between", async () => {
  const seen: unknown[] = [];
  const url = await http2Upstream((stream, headers) => {
    seen.push(headers[":authority"], headers["x-a"]);
    stream.on("trailers", (trailers) => seen.push(plain(trailers)));
    stream.on("data", (chunk) => seen.push(String(chunk)));
    stream.on("end", () => {
      stream.respond({ ":status": 201, "set-cookie": ["a", "b"] }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "x-t": "1" }));
      stream.end("answer");
    });
  });
  const { host, said } = await proxy(() => [], undefined, { upstream: url });
  const client = http2Client(host.url);
  const got = await askHttp2(client, { ":method": "POST", ":authority": "h" }, "abc", { "x-more": "m" });
  expect(seen).toEqual(["h", "1", "abc", { "x-more": "m" }]);
  expect(got).toEqual({
    headers: { ":status": 201, "set-cookie": ["a", "b"], "x-b": "2", server: "envoy" },
    body: "answer",
    trailers: { "x-t": "1" },
    reset: 0,
  });
  await eventually(() => said("filter").length === 3);
});

test("large bodies wait for who reads them, and many streams share a connection", async () => {
  const size = 3 * 1024 * 1024;
  const url = await http2Upstream((stream) => {
    stream.respond({ ":status": 200 });
    stream.pipe(stream);
  });
  const { host } = await proxy(() => [], undefined, { upstream: url });
  const client = http2Client(host.url);
  const bodies = ["x", "y", "z"].map((letter) => letter.repeat(size));
  const got = await Promise.all(bodies.map((body) => askHttp2(client, { ":method": "POST" }, body)));
  expect(got.map(({ body }, at) => body === bodies[at])).toEqual([true, true, true]);
});

test("resets: of an upstream before and within its response, of a client", async () => {
  const ended: string[] = [];
  const url = await http2Upstream((stream, headers) => {
    stream.on("close", () => ended.push(`${headers[":path"]} ${stream.rstCode}`));
    if (headers[":path"] === "/before") return stream.close(2);
    // Without this Node would say first that the response is whole.
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    stream.write("part");
    if (headers[":path"] === "/within") setImmediate(() => stream.close(2));
  });
  const { host, said } = await proxy(() => [], undefined, { upstream: url });
  const client = http2Client(host.url);
  const before = await askHttp2(client, { ":path": "/before" });
  expect([before.headers[":status"], before.body]).toEqual([
    503,
    "upstream connect error or disconnect/reset before headers. reset reason: remote reset",
  ]);
  const within = await askHttp2(client, { ":path": "/within" });
  expect([within.headers[":status"], within.reset]).toEqual([200, 2]);
  const stream = client.request({ ":path": "/client" });
  stream.on("response", () => stream.close(8));
  await eventually(() => ended.includes("/client 2"));
  await eventually(() => said("filter").length === 9);
});

test("a stream on which nothing happens ends: 408 while its body is missing, 504 while its response is, a reset within it", async () => {
  const seen: string[] = [];
  const url = await http2Upstream((stream, headers) => {
    seen.push(String(headers[":path"]));
    if (headers[":path"] !== "/begun") return;
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    stream.write("part");
  });
  // The timers are called when the test wants it, so that it does not depend on time.
  const LIMIT = 86_399_000;
  const expire: (() => void)[] = [];
  const timers = vi.spyOn(globalThis, "setTimeout").mockImplementation(((call: () => void, time?: number) => {
    if (time === LIMIT) expire.push(call);
    return timeout(call, time);
  }) as typeof setTimeout);
  onTestFinished(() => timers.mockRestore());
  const { host } = await proxy(() => [], undefined, { upstream: url, streamIdleTimeout: LIMIT, timeout: 0 });
  const client = http2Client(host.url);
  const open = client.request({ ":path": "/open", ":method": "POST" }, { endStream: false });
  const answered = once(open, "response");
  await eventually(() => seen.includes("/open"));
  expire[0]?.();
  expect((await answered)[0]).toMatchObject({ ":status": 408 });
  const whole = askHttp2(client, { ":path": "/whole" });
  await eventually(() => seen.includes("/whole"));
  expire[1]?.();
  expect(await whole).toMatchObject({ headers: { ":status": 504 }, body: "stream timeout" });
  const begun = client.request({ ":path": "/begun" });
  begun.on("error", () => {});
  await once(begun, "data");
  expire[2]?.();
  await once(begun, "close").catch(() => {});
  expect(begun.rstCode).toBe(2);
});

test("an upstream that can't be reached, and a local response before the whole request has come", async () => {
  const nowhere = await proxy(() => [], undefined, { upstream: new URL("h2c://127.0.0.1:1") });
  const got = await askHttp2(http2Client(nowhere.host.url), {});
  expect([got.headers[":status"], got.body]).toEqual([503, expect.stringContaining("remote connection failure")]);
  const deny =
    '(drop (call $proxy_send_local_response (i32.const 403) "why"* "no"* (i32.const 0) (i32.const 0) (i32.const -1)))';
  const { host } = await proxy(() => [], filter(on("proxy_on_request_headers", deny)));
  const client = http2Client(host.url);
  const stream = client.request({ ":path": "/", ":method": "POST" }, { endStream: false });
  stream.resume();
  await eventually(() => stream.closed);
  expect([stream.rstCode, (await askHttp2(client, {})).body]).toEqual([0, "no"]);
});

test("gRPC passes: calls, streams, failures, and the proxy's own answers", async () => {
  const server = await grpcServer();
  onTestFinished(server.close);
  const { host } = await proxy(() => [], undefined, { upstream: new URL(server.url.href.replace("http:", "h2c:")) });
  const client = new Client(host.url.host, credentials.createInsecure());
  onTestFinished(() => client.close());
  const bytes = (value: Buffer) => value;
  const call = (method: string) =>
    new Promise((resolve) =>
      client.makeUnaryRequest(`/test.Echo/${method}`, bytes, bytes, Buffer.from("hi"), (error, value) =>
        resolve(error ? `${error.code} ${error.details}` : value?.toString()),
      ),
    );
  expect([await call("Once"), await call("Refuse")]).toEqual(["re:hi", "7 no"]);
  const chat = client.makeBidiStreamRequest("/test.Echo/Chat", bytes, bytes, new Metadata());
  const got: string[] = [];
  chat.on("metadata", (metadata) => got.push(String(metadata.get("x-b"))));
  chat.on("data", (message) => {
    got.push(String(message));
    if (got.length === 2) chat.write(Buffer.from("bye"));
  });
  const status = new Promise((resolve) =>
    chat.on("status", ({ code, metadata }) => resolve([code, metadata.get("x-trailing")])),
  );
  chat.write(Buffer.from("one"));
  expect([await status, got]).toEqual([
    [0, ["t"]],
    ["2", "re:one", "re:bye"],
  ]);
  server.close();
  expect(await call("Once")).toMatch(/^14 upstream connect error/);
});

test("a filter calls a cluster that speaks HTTP/2", async () => {
  const url = await http2Upstream((stream, headers) => {
    stream.respond({ ":status": 202 }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-t": "1" }));
    stream.end(`${headers[":authority"]} ${headers[":path"]}`);
  });
  const asked = pairs([":method", "GET"], [":path", "/call"], [":authority", "c"]);
  const module = filter(`
    ${on("proxy_on_request_headers", `(drop (call $proxy_http_call "c"* "${asked}"* (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 60000) (i32.const 16)))`)}
    ${on("proxy_on_http_call_response", '(if (i32.and (i32.eq (local.get $body_size) (i32.const 7)) (i32.eq (local.get $trailers) (i32.const 1))) (then (say "answered")))')}`);
  const { host, said } = await proxy(() => [OK], module, { clusters: { c: url } });
  await ask(host.url, GET);
  await eventually(() => said("filter").includes("answered"));
});

test("the bytes that end a body come with its end, both ways; so does an end alone", async () => {
  const url = await http2Upstream((stream) => {
    stream.resume().on("end", () => {
      stream.respond({ ":status": 200 });
      stream.end("answer");
    });
  });
  const tell = (side: string) =>
    `(if (local.get $end_of_stream) (then (say "${side}: last")) (else (say "${side}: more")))`;
  const module = filter(on("proxy_on_request_body", tell("request")) + on("proxy_on_response_body", tell("response")));
  const { host, said } = await proxy(() => [], module, { upstream: url });
  const post = async (send: (stream: ClientHttp2Stream) => void) => {
    const stream = http2Client(host.url).request({ ":path": "/", ":method": "POST" });
    send(stream);
    await once(stream.resume(), "close");
  };
  await post((stream) => stream.end("whole"));
  expect(said("filter")).toEqual(["request: last", "response: last"]);
  await post((stream) => {
    stream.write("begun");
    void eventually(() => said("filter").includes("request: more")).then(() => stream.end());
  });
  expect(said("filter").slice(2)).toEqual(["request: more", "request: last", "response: last"]);
});
