import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { askHttp2, http2Client } from "../../fixtures/http2.ts";
import {
  block,
  END,
  frame,
  PREFACE,
  requestFrame,
  SETTINGS,
  TYPE,
  typesIn,
  words,
} from "../../fixtures/http2-frames.ts";
import { GET, OK, proxy } from "../../fixtures/proxy.ts";
import { ask, dial } from "../../fixtures/sockets.ts";
import { uncaught } from "../../fixtures/uncaught.ts";

const CLOSES = OK.replace("content", "connection: close\r\ncontent");
const BOTH = END.headers | END.stream;
const post = (stream: number, headers = {}) => requestFrame(stream, { ":method": "POST", ...headers });
const get = (stream: number) => requestFrame(stream, {}, BOTH);
const reset = (stream: number, code = 8) => frame(TYPE.reset, 0, stream, words(code));

test.each([
  ["a request and its reset", [requestFrame(1), reset(1)]],
  ["a whole request and its reset", [get(1), reset(1)]],
  ["a body and its reset", [post(1), frame(TYPE.data, 0, 1, "hello"), reset(1)]],
  ["many requests and their resets", Array.from({ length: 20 }, (_, at) => get(2 * at + 1) + reset(2 * at + 1))],
  ["more bytes than content-length", [post(1, { "content-length": "0" }), frame(TYPE.data, END.stream, 1, "hello")]],
  ["fewer bytes than content-length", [post(1, { "content-length": "9" }), frame(TYPE.data, END.stream, 1, "hello")]],
  ["a window that grows by 0", [get(1), frame(TYPE.window, 0, 0, words(0))]],
  ["a stream's window that grows by 0", [get(1), frame(TYPE.window, 0, 1, words(0))]],
  [
    "a window that grows too large",
    [get(1), frame(TYPE.window, 0, 0, words(0x7fffffff)), frame(TYPE.window, 0, 0, words(0x7fffffff))],
  ],
  ["no frame", [get(1), "\xff".repeat(100)]],
  ["no frame at first", ["\xff".repeat(100)]],
  ["GOAWAY", [get(1), get(3), get(5), frame(TYPE.goaway, 0, 0, words(0, 0))]],
  [
    "GOAWAY with an error, within a body",
    [get(1), post(3), frame(TYPE.data, 0, 3, "half"), frame(TYPE.goaway, 0, 0, words(0, 2))],
  ],
  ["a ping and resets", [get(1), frame(TYPE.ping, 0, 0, "\0".repeat(8)), reset(1), get(3), reset(3, 2)]],
  [
    "settings between",
    [
      get(1),
      frame(TYPE.settings, 0, 0, `\0\u0004${words(0)}`),
      post(3),
      reset(3),
      frame(TYPE.settings, 0, 0, `\0\u0004${words(65535)}`),
    ],
  ],
  ["settings of a wrong size", [get(1), frame(TYPE.settings, 0, 0, "odd")]],
  ["data of no stream", [frame(TYPE.data, END.stream, 1, "hello")]],
  ["data after the end", [get(1), frame(TYPE.data, END.stream, 1, "hello")]],
  ["a stream's number that is even", [get(2)]],
  ["a stream's number that is used", [get(3), get(1)]],
  ["headers that can't be read", [frame(TYPE.headers, BOTH, 1, "\xff\xff\xff\xff")]],
  ["no pseudo-headers", [frame(TYPE.headers, BOTH, 1, block({ a: "b" }))]],
  ["a name in capitals", [requestFrame(1, { Bad: "x" }, BOTH)]],
  ["a connection's header", [requestFrame(1, { connection: "close" }, BOTH)]],
  ["names of all objects", [requestFrame(1, { constructor: "x", toString: "x", __proto__x: "x" }, BOTH)]],
  ["trailers with a pseudo-header", [post(1), frame(TYPE.headers, BOTH, 1, block({ ":path": "/" }))]],
  ["trailers that don't end", [post(1), frame(TYPE.headers, END.headers, 1, block({ a: "b" }))]],
  ["a frame of an unknown type", [frame(99, 0, 0, "x"), get(1)]],
  ["a push", [frame(5, END.headers, 1, words(2) + block({ ":path": "/" }))]],
  ["a priority of itself", [get(1), frame(2, 0, 1, `${words(1)}\0`)]],
  ["CONNECT", [frame(TYPE.headers, BOTH, 1, block({ ":method": "CONNECT", ":authority": "h:1" }))]],
  [
    "too many headers",
    [requestFrame(1, Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`a${at}`, "b"])), BOTH)],
  ],
])("a client sends at once: %s", async (_, frames) => {
  const escaped = uncaught();
  const { host, said } = await proxy(() => [CLOSES]);
  for (let times = 0; times < 2; times++) {
    const client = await dial(host.url);
    // A connection that lives answers a ping behind it.
    client.send([PREFACE, ...frames, frame(TYPE.ping, 0, 0, "answer!!")].join(""));
    await Promise.race([client.until(/answer!!/), client.rest()]);
    client.socket.destroy();
  }
  expect((await askHttp2(http2Client(host.url), {})).headers).toMatchObject({ ":status": 200 });
  expect(said("host").filter((line) => line.includes("internal error"))).toEqual([]);
  expect(escaped).toEqual([]);
});

test("a client floods a body with empty frames", async () => {
  const escaped = uncaught();
  const { host, said } = await proxy(() => [CLOSES]);
  const client = await dial(host.url);
  client.send(PREFACE + post(1));
  const flood = frame(TYPE.data, 0, 1).repeat(1000);
  while (!client.socket.destroyed) {
    client.send(flood);
    await new Promise(setImmediate);
  }
  expect((await askHttp2(http2Client(host.url), {})).headers).toMatchObject({ ":status": 200 });
  expect(said("host").filter((line) => line.includes("internal error"))).toEqual([]);
  expect(escaped).toEqual([]);
});

test("a client disconnects within a frame", async () => {
  const escaped = uncaught();
  const { host } = await proxy(() => [CLOSES]);
  const client = await dial(host.url);
  client.send(PREFACE + get(1).slice(0, 12));
  // The server's settings.
  await client.until(/^.{9}/s);
  client.socket.destroy();
  expect((await askHttp2(http2Client(host.url), {})).headers).toMatchObject({ ":status": 200 });
  expect(escaped).toEqual([]);
});

const HEAD = frame(TYPE.headers, END.headers, 1, block({ ":status": "200" }));

test.each([
  ["a reset", [reset(1)]],
  ["a reset within the response", [HEAD, reset(1)]],
  ["GOAWAY", [frame(TYPE.goaway, 0, 0, words(0, 0))]],
  ["GOAWAY with an error", [HEAD, frame(TYPE.goaway, 0, 0, words(1, 2))]],
  ["no frame", ["\xff".repeat(100)]],
  ["no frame within the response", [HEAD, "\xff".repeat(100)]],
  ["a window that grows by 0", [frame(TYPE.window, 0, 0, words(0))]],
  ["a stream's window that grows by 0", [frame(TYPE.window, 0, 1, words(0))]],
  [
    "more bytes than content-length",
    [
      frame(TYPE.headers, END.headers, 1, block({ ":status": "200", "content-length": "0" })),
      frame(TYPE.data, END.stream, 1, "hello"),
    ],
  ],
  ["no status", [frame(TYPE.headers, BOTH, 1, block({ a: "b" }))]],
  ["a status that is none", [frame(TYPE.headers, BOTH, 1, block({ ":status": "abc" }))]],
  ["a push", [frame(5, END.headers, 1, words(2) + block({ ":path": "/" }))]],
  ["trailers with a pseudo-header", [HEAD, frame(TYPE.headers, BOTH, 1, block({ ":status": "200" }))]],
  ["a connection's header", [frame(TYPE.headers, BOTH, 1, block({ ":status": "200", connection: "close" }))]],
  ["empty frames", [HEAD, frame(TYPE.data, 0, 1).repeat(5000)]],
  ["nothing", []],
])("an upstream answers a request with: %s, and ends", async (_, frames) => {
  const escaped = uncaught();
  const upstream = createServer((socket) => {
    socket.setEncoding("latin1").on("error", () => {});
    let text = "";
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (typesIn(text).includes(TYPE.headers)) socket.end(SETTINGS + frames.join(""), "latin1");
    });
  });
  await once(upstream.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void upstream.close());
  const url = new URL(`h2c://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
  const { host, said } = await proxy(() => [], undefined, { upstream: url });
  for (let times = 0; times < 2; times++) {
    const answer = await ask(host.url, GET);
    expect(answer).toMatch(/^HTTP\/1.1 (200|50[23]) /);
  }
  expect(said("host").filter((line) => line.includes("internal error"))).toEqual([]);
  expect(escaped).toEqual([]);
});
