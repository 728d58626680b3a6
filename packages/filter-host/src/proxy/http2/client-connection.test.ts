import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { containing } from "proxy-wasm-host";
import { eventually } from "proxy-wasm-host/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { block, END, frame, SETTINGS, TYPE, typesIn, words } from "../../fixtures/http2-frames.ts";
import { ClientConnection } from "./client-connection.ts";

const GET = [
  [":method", "GET"],
  [":scheme", "http"],
  [":authority", "h"],
  [":path", "/"],
] as const;
const head = (headers: Readonly<Record<string, string>> = { ":status": "200" }, flags: number = END.headers) =>
  frame(TYPE.headers, flags, 1, block(headers));

/** A connection to an upstream that sends what it is told, with a request on it. */
async function connected(whole = true) {
  const sockets: Socket[] = [];
  let received = "";
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.setEncoding("latin1").on("error", () => {});
    socket.on("data", (text) => {
      received += text;
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const broken: unknown[] = [];
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const connection = new ClientConnection(
    socket,
    false,
    containing((_, error) => broken.push(error)),
  );
  onTestFinished(() => {
    socket.destroy();
    for (const one of sockets) one.destroy();
    server.close();
  });
  const events: string[] = [];
  const closed: (Error | undefined)[] = [];
  const options = { taken: true };
  const begin = () =>
    connection.request(
      whole ? GET : [[":method", "POST"], ...GET.slice(1)],
      whole,
      {
        informed: () => events.push("informed"),
        head: (pairs, end) => events.push(`head ${pairs[0]?.[1]} ${end}`),
        data: (bytes, end) => {
          events.push(`data ${bytes.length} ${end}`);
          return options.taken;
        },
        trailers: () => events.push("trailers"),
        drained: () => events.push("drained"),
        closed: (failure) => closed.push(failure),
      },
      () => events.push("connected"),
    );
  const stream = begin();
  await eventually(() => sockets.length === 1 && typesIn(received).includes(TYPE.headers));
  const [upstream] = sockets as [Socket];
  const send = (text: string) => upstream.write(text, "latin1");
  const types = () => typesIn(received);
  return { connection, socket, stream, begin, events, closed, broken, options, upstream, send, types };
}

const CONTINUATION = 9;
const HOUR = 3_600_000;

test.each([
  ["no frames", "HTTP/1.1 200 OK\r\n\r\n"],
  ["no SETTINGS", head()],
  ["a frame that is too large", SETTINGS + head() + frame(TYPE.data, 0, 1, "x".repeat(16_385))],
  ["empty DATA", SETTINGS + head() + frame(TYPE.data, 0, 1).repeat(2)],
  ["empty CONTINUATION", SETTINGS + frame(TYPE.headers, 0, 1) + frame(CONTINUATION, 0, 1).repeat(2)],
  ["PRIORITY", SETTINGS + frame(2, 0, 1, "\0".repeat(5)).repeat(201)],
  ["WINDOW_UPDATE", SETTINGS + frame(TYPE.window, 0, 1, words(1)).repeat(8)],
  ["SETTINGS", SETTINGS.repeat(1002)],
  ["PING", SETTINGS + frame(TYPE.ping, 0, 0, "12345678").repeat(1001)],
  ["a push", SETTINGS + frame(5, END.headers, 1, words(2) + block({ ":method": "GET" }))],
  ["headers of a stream of its own", SETTINGS + frame(TYPE.headers, END.headers, 2, block({ ":status": "200" }))],
  ["headers that are not compressed as HPACK says", SETTINGS + frame(TYPE.headers, END.headers, 1, "\xff\xff\xff\xff")],
  ["a response without a status", SETTINGS + head({ "x-a": "b" })],
  ["DATA before the head", SETTINGS + frame(TYPE.data, 0, 1, "x")],
  ["a window beyond the limit", SETTINGS + frame(TYPE.window, 0, 1, words(2 ** 31 - 1))],
  [
    "GOAWAY that takes back what it has said",
    SETTINGS + [1, 3].map((at) => frame(TYPE.goaway, 0, 0, words(at, 0))).join(""),
  ],
])("what an upstream may not send ends the connection and all that it holds: %s", async (_, bytes) => {
  const { connection, socket, closed, broken, options, send } = await connected();
  options.taken = false;
  send(bytes);
  await eventually(() => socket.destroyed);
  expect([connection.held, closed.length, connection.accepts, broken]).toEqual([
    { streams: 0, waiting: 0 },
    1,
    false,
    [],
  ]);
  expect(closed[0]).toBeInstanceOf(Error);
});

test.each([
  ["a reset", frame(TYPE.reset, 0, 1, words(2)), []],
  [
    "a body that is too long",
    head({ ":status": "200", "content-length": "1" }) + frame(TYPE.data, 1, 1, "ok"),
    [TYPE.reset],
  ],
  ["too many headers", head(Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`x${at}`, ""]))), [TYPE.reset]],
  ["a body beyond the stream's window", head() + frame(TYPE.data, 0, 1, "x".repeat(16_384)).repeat(5), [TYPE.reset]],
])("the connection goes on after %s", async (_, bytes, sent) => {
  const { connection, begin, closed, options, send, types } = await connected();
  options.taken = false;
  send(SETTINGS + bytes);
  await eventually(() => closed.length === 1);
  expect([connection.held.streams, connection.accepts, closed[0]]).toEqual([0, true, expect.any(Error)]);
  begin();
  await eventually(() => types().filter((type) => type === TYPE.headers).length === 2);
  expect(types().filter((type) => type === TYPE.reset)).toEqual(sent);
  send(frame(TYPE.headers, END.headers | END.stream, 3, block({ ":status": "200" })));
  await eventually(() => closed.length === 2);
  expect(closed[1]).toBeUndefined();
});

test("headers that do not end are not kept", async () => {
  const { connection, closed, send } = await connected();
  send(SETTINGS + head({ ":status": "200" }, 0));
  for (let count = 0; count < 1000; count++) send(frame(CONTINUATION, 0, 1, block({ a: "b".repeat(100) })));
  await eventually(() => closed.length === 1);
  expect([connection.held, closed[0]?.message]).toEqual([{ streams: 0, waiting: 0 }, "stream reset with error code 2"]);
});

test("an upstream waits while nothing is taken, and what has come is passed on afterwards", async () => {
  const { stream, events, closed, options, send } = await connected();
  options.taken = false;
  send(
    SETTINGS +
      head() +
      frame(TYPE.data, 0, 1, "one") +
      frame(TYPE.data, 1, 1, "last") +
      frame(TYPE.reset, 0, 1, words(2)),
  );
  await eventually(() => events.length === 3);
  expect([events, closed]).toEqual([["connected", "head 200 false", "data 3 false"], []]);
  options.taken = true;
  stream.resume();
  expect([events.at(-1), closed]).toEqual(["data 4 true", [undefined]]);
});

test("a response before the request's end resets the request", async () => {
  const { stream, closed, send, types } = await connected(false);
  send(SETTINGS + head({ ":status": "200" }, END.headers | END.stream));
  await eventually(() => types().at(-1) === TYPE.reset);
  expect([closed, stream.write(Buffer.alloc(9), true)]).toEqual([[undefined], true]);
});

test("an upstream that reads nothing makes its requests wait, and gets no more than its window", async () => {
  const { connection, stream, closed, upstream } = await connected(false);
  upstream.pause();
  const part = Buffer.alloc(64 * 1024);
  let parts = 0;
  while (stream.write(part, false)) parts++;
  // At most 1 MiB and what the window takes.
  expect(parts).toBeLessThanOrEqual(17);
  expect(connection.held).toEqual({ streams: 1, waiting: 1 });
  upstream.resetAndDestroy();
  await eventually(() => closed.length === 1);
  expect(connection.held).toEqual({ streams: 0, waiting: 0 });
});

test("a connection that the upstream gives up takes no more requests, and ends with the last", async () => {
  const { connection, socket, closed, send, types } = await connected();
  send(SETTINGS + frame(TYPE.goaway, 0, 0, words(1, 0)));
  await eventually(() => types().filter((type) => type === TYPE.settings).length === 2);
  expect([connection.accepts, closed]).toEqual([false, []]);
  send(head({ ":status": "200" }, END.headers | END.stream));
  await eventually(() => socket.destroyed);
  expect(closed).toEqual([undefined]);
});

test("as many requests at a time as the upstream says", async () => {
  const { connection, closed, send, types } = await connected();
  send(frame(TYPE.settings, 0, 0, `\0\x03${words(1)}`));
  await eventually(() => types().filter((type) => type === TYPE.settings).length === 2);
  expect(connection.accepts).toBe(false);
  send(head({ ":status": "200" }, END.headers | END.stream));
  await eventually(() => closed.length === 1);
  expect(connection.accepts).toBe(true);
});

test("frames at random end each request once, and leave nothing", async () => {
  let state = 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const any = () =>
    frame(
      random(11),
      random(64),
      random(4),
      random(3) === 0 ? block({ ":status": String(random(1000)) }) : "\0".repeat(random(12)),
    );
  for (let run = 0; run < 100; run++) {
    const { connection, closed, broken, upstream, send } = await connected(run % 2 === 0);
    send(SETTINGS + Array.from({ length: 20 }, any).join(""));
    upstream.end();
    await eventually(() => closed.length === 1);
    expect([connection.held, broken]).toEqual([{ streams: 0, waiting: 0 }, []]);
  }
});

test("a connection is closed after an hour without a request, as in Envoy", async () => {
  const { begin, socket, stream } = await connected();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  stream.reset(0);
  vi.advanceTimersByTime(HOUR - 1);
  const second = begin();
  vi.advanceTimersByTime(2 * HOUR);
  expect(socket.destroyed).toBe(false);
  second.reset(0);
  vi.advanceTimersByTime(HOUR - 1);
  expect(socket.destroyed).toBe(false);
  vi.advanceTimersByTime(1);
  expect(socket.destroyed).toBe(true);
});
