import { eventually } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { ADDS, GET, OK, proxy } from "../fixtures/proxy.ts";
import { ask, dial, stable } from "../fixtures/sockets.ts";
import { startHost } from "../host.ts";

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
  const begun = Promise.withResolvers<void>();
  let received = 0;
  const { host, upstream } = await proxy((request, socket) => {
    received = request.length - request.indexOf("\r\n\r\n") - 4;
    socket.pause().on("data", (text) => {
      received += text.length;
    });
    begun.resolve();
    return [gate.promise, OK];
  });
  const client = await dial(host.url);
  client.send(`POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: ${SIZE}\r\n\r\n`);
  client.send("y".repeat(SIZE));
  await begun.promise;
  await stuck(() => client.socket.writableLength);
  for (const socket of upstream.sockets) socket.resume();
  await eventually(() => received === SIZE);
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
  // Closing the host does not wait for it.
  await host.close();
  await client.rest();
});

test("without plugins it is a plain proxy; a port that is taken is an error", async () => {
  const { host } = await proxy(() => [OK], ADDS, { plugins: [] });
  expect(await ask(host.url, GET)).not.toContain("x-b");
  const taken = { host: "127.0.0.1", port: Number(host.url.port) };
  for (const where of [{ listen: taken }, { admin: taken }]) {
    await expect(startHost({ plugins: [], upstream: host.url, ...where })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
  }
});
