import { once } from "node:events";
import { eventually } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { GET, OK, proxy } from "../fixtures/proxy.ts";
import { ask, dial } from "../fixtures/sockets.ts";

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

test("a client that disconnects ends its stream and the upstream's", async () => {
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

test("a client that disconnects within its request ends its stream", async () => {
  const { host, said } = await proxy(() => []);
  const client = await dial(host.url);
  client.send("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 10\r\n\r\nabc");
  await eventually(() => said("filter").length === 0);
  client.socket.end();
  await eventually(() => said("filter").length === 3);
});
