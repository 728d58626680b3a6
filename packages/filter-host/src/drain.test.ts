import { once } from "node:events";
import { connect } from "node:net";
import { eventually } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { http2Client } from "./fixtures/http2.ts";
import { END, frame, PREFACE, requestFrame, TYPE, words } from "./fixtures/http2-frames.ts";
import { GET, OK, proxy } from "./fixtures/proxy.ts";
import { dial } from "./fixtures/sockets.ts";

const ASK = "GET / HTTP/1.1\r\nhost: h\r\n\r\n";
const LONG = 60_000;

/** A proxy whose upstream answers once it may. */
async function held(options: Parameters<typeof proxy>[2] = {}, before: readonly string[] = []) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const made = await proxy(() => [...before, promise, OK], undefined, options);
  return { ...made, release: resolve };
}

/** Resolves once a connection is refused. */
async function refused({ hostname, port }: URL): Promise<void> {
  for (;;) {
    const socket = connect(Number(port), hostname);
    const [error] = await Promise.race([once(socket, "connect"), once(socket, "error").then(() => ["refused"])]).catch(
      () => ["refused"],
    );
    socket.destroy();
    if (error) return;
  }
}

test.each([{}, { workers: 2 }])(
  "a request in flight ends, its client is told, others are not accepted: %o",
  async (options) => {
    const { host, upstream, release } = await held(options);
    const busy = await dial(host.url);
    busy.send(ASK);
    await eventually(() => upstream.received.length === 1);
    const drained = host.drain(LONG);
    await refused(host.url);
    release();
    expect(await busy.rest()).toMatch(/^HTTP\/1.1 200 OK\r\n(.*\r\n)*connection: close\r\n(.*\r\n)*\r\nok$/);
    await drained;
  },
);

test("connections that are idle close at once: before a request, and between two", async () => {
  const { host } = await proxy(() => [OK]);
  const [fresh, kept] = await Promise.all([dial(host.url), dial(host.url)]);
  kept.send(ASK);
  await kept.until(/ok$/);
  await host.drain(LONG);
  expect(await fresh.rest()).toBe("");
  expect(await kept.rest()).not.toContain("connection: close");
});

test("a response whose head is sent already ends whole, then its connection closes", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const head = "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf";
  const { host } = await proxy(() => [head, promise, "done"]);
  const client = await dial(host.url);
  client.send(ASK);
  await client.until(/half$/);
  const drained = host.drain(LONG);
  resolve();
  expect(await client.rest()).toMatch(/halfdone$/);
  await drained;
});

test("a request that has begun to arrive is answered", async () => {
  const { host } = await proxy(() => [OK, "HANG UP"]);
  const client = await dial(host.url);
  client.send(ASK.slice(0, 20));
  await eventually(() => client.socket.bytesWritten === 20);
  // Another connection's answer shows that the host has read what came before.
  const other = await dial(host.url);
  other.send(GET);
  await other.rest();
  const drained = host.drain(LONG);
  client.send(ASK.slice(20));
  expect(await client.rest()).toMatch(/connection: close\r\n(.*\r\n)*\r\nok$/);
  await drained;
});

test("HTTP/2 clients get GOAWAY; streams in flight end", async () => {
  const { host, upstream, release } = await held();
  const idle = http2Client(host.url);
  await once(idle, "remoteSettings");
  const client = await dial(host.url);
  client.send(PREFACE + requestFrame(1, {}, END.headers | END.stream));
  await eventually(() => upstream.received.length === 1);
  const drained = host.drain(LONG);
  await once(idle, "goaway");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: frames are not text.
  const PING = /\0\0\x08\x06\0\0\0\0\0(.{8})/s;
  const [, data] = PING.exec(await client.until(PING)) ?? [];
  expect(await client.until(PING)).toContain(frame(TYPE.goaway, 0, 0, words(0x7fffffff, 0)));
  // A request that crosses the first GOAWAY is served, too; the answer to the ping brings the last one.
  client.send(requestFrame(3, {}, END.headers | END.stream) + frame(TYPE.ping, END.stream, 0, data));
  await client.until(new RegExp(frame(TYPE.goaway, 0, 0, words(3, 0)), "s"));
  client.send(requestFrame(5, {}, END.headers | END.stream));
  await eventually(() => upstream.received.length === 2);
  release();
  const rest = await client.rest();
  const answered = [1, 3, 5].filter((stream) => rest.includes(frame(TYPE.data, 0, stream, "ok")));
  expect(answered).toEqual([1, 3]);
  await drained;
});

test("what has not ended when the time is over is cut by close, a tunnel too", async () => {
  const { host, upstream } = await held();
  const client = await dial(host.url);
  client.send(ASK);
  await eventually(() => upstream.received.length === 1);
  await host.drain(1);
  expect(client.socket.destroyed).toBe(false);
  await host.close();
  expect(await client.rest()).toBe("");
});

test("close ends a drain", async () => {
  const { host, upstream } = await held();
  const client = await dial(host.url);
  client.send(ASK);
  await eventually(() => upstream.received.length === 1);
  const drained = host.drain(LONG);
  await host.close();
  await drained;
});

test("TCP connections end by themselves", async () => {
  const { host, upstream } = await proxy(() => [], undefined, { tcp: true });
  const client = await dial(host.url);
  client.send("hello");
  await eventually(() => upstream.received[0] === "hello");
  const drained = host.drain(LONG);
  await refused(host.url);
  client.send(", you");
  await eventually(() => upstream.received[0] === "hello, you");
  client.socket.end();
  for (const socket of upstream.sockets) socket.end();
  await drained;
});
