import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { eventually } from "proxy-wasm-host/testing";
import { expect, onTestFinished, test } from "vitest";
import { block, END, frame, PREFACE, requestFrame, TYPE, words } from "../../fixtures/http2-frames.ts";
import { ServerConnection } from "./server-connection.ts";
import type { ServerStream } from "./server-stream.ts";

/** A client and the proxy's end of its connection; `answer` gets each request. */
async function connected(answer: (stream: ServerStream) => void = () => {}) {
  const opened: { connection: ServerConnection; socket: Socket }[] = [];
  const [streams, closed]: [ServerStream[], number[]] = [[], []];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new ServerConnection(socket, (stream) => {
      streams.push(stream);
      const events = { data: () => true, trailers: () => {}, drained: () => {} };
      stream.listen({ ...events, closed: () => closed.push(stream.id) });
      answer(stream);
    });
    opened.push({ connection, socket });
    socket.on("error", () => {}).on("data", (chunk) => connection.receive(chunk));
    socket.on("end", () => connection.end()).on("close", () => connection.end());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  await once(client, "connect");
  await eventually(() => opened.length === 1);
  const [{ connection, socket }] = opened as [{ connection: ServerConnection; socket: Socket }];
  return { client, connection, socket, streams, closed, send: (text: string) => client.write(text, "latin1") };
}

const post = (stream: number) => requestFrame(stream, { ":method": "POST" });
const PRIORITY = frame(2, 0, 1, "\0".repeat(5));

test.each([
  ["empty DATA", frame(TYPE.data, 0, 1).repeat(2)],
  ["PRIORITY", PRIORITY.repeat(201)],
  ["WINDOW_UPDATE", frame(TYPE.window, 0, 1, words(1)).repeat(8)],
  ["SETTINGS", frame(TYPE.settings, 0, 0).repeat(1001)],
  ["PING", frame(TYPE.ping, 0, 0, "12345678").repeat(1001)],
  ["headers without a byte", frame(TYPE.headers, 0, 3) + frame(9, 0, 3).repeat(2)],
  [
    "requests that are reset",
    Array.from({ length: 260 }, (_, at) => post(2 * at + 3) + frame(TYPE.reset, 0, 2 * at + 3, words(8))).join(""),
  ],
])("too many frames end the connection and all that it holds: %s", async (_, flood) => {
  const { client, connection, socket, closed, send } = await connected();
  client.resume();
  send(PREFACE + post(1) + flood);
  await once(client, "end");
  expect(connection.held).toEqual({ streams: 0, waiting: 0 });
  expect(closed).toContain(1);
  client.end();
  await eventually(() => socket.destroyed);
});

test("headers that do not end are not kept", async () => {
  const { client, connection, streams, send } = await connected();
  let received = "";
  client.setEncoding("latin1").on("data", (text) => {
    received += text;
  });
  send(PREFACE + frame(TYPE.headers, 0, 1, block({ ":method": "GET" })));
  for (let count = 0; count < 300; count++) send(frame(9, 0, 1, block({ a: "b".repeat(100) })));
  await eventually(() => received.includes(frame(TYPE.reset, 0, 1, words(2))));
  send(frame(9, END.headers, 1) + requestFrame(3));
  await eventually(() => streams.length === 1);
  expect([streams[0]?.id, connection.held.streams]).toEqual([3, 1]);
});

test("clients that do not read make their streams wait, and give all of it back when they leave", async () => {
  const part = Buffer.alloc(64 * 1024);
  const taken = new Map<number, number>();
  const { client, connection, send } = await connected((stream) => {
    stream.respond([[":status", "200"]], false);
    let parts = 0;
    while (stream.write(part, false)) parts++;
    taken.set(stream.id, parts);
  });
  send(PREFACE + Array.from({ length: 50 }, (_, at) => post(2 * at + 1)).join(""));
  await eventually(() => taken.size === 50);
  // Each holds at most 1 MiB and what the client's windows take.
  expect(Math.max(...taken.values())).toBeLessThanOrEqual(17);
  expect(connection.held).toEqual({ streams: 50, waiting: 50 });
  client.destroy();
  await eventually(() => connection.held.streams === 0);
  expect(connection.held.waiting).toBe(0);
});

test("a stream that is written to again tells when it takes more", async () => {
  const events: string[] = [];
  const { send, streams } = await connected((stream) => {
    stream.listen({ data: () => true, trailers: () => {}, closed: () => {}, drained: () => events.push("drained") });
    stream.respond([[":status", "200"]], false);
    expect(stream.write(Buffer.alloc(2 * 1024 * 1024), false)).toBe(false);
  });
  send(PREFACE + requestFrame(1, {}, END.headers | END.stream));
  await eventually(() => streams.length === 1);
  expect(events).toEqual([]);
  const more = frame(TYPE.window, 0, 0, words(4 << 20)) + frame(TYPE.window, 0, 1, words(4 << 20));
  send(more);
  await eventually(() => events.length === 1);
});
