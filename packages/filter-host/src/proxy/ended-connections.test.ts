import { eventually } from "proxy-wasm-host/testing";
import { test } from "vitest";
import { block, END, frame, PREFACE, requestFrame, TYPE } from "../fixtures/http2-frames.ts";
import { OK, proxy } from "../fixtures/proxy.ts";
import { dial } from "../fixtures/sockets.ts";

const sockets = () => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

const SENT: readonly (readonly [what: string, bytes: string])[] = [
  ["nothing", ""],
  ["a part of the HTTP/2 preface", PREFACE.slice(0, 8)],
  ["the HTTP/2 preface", PREFACE],
  ["a part of a frame", PREFACE + frame(TYPE.headers, END.headers, 1, block({ ":method": "GET" })).slice(0, -5)],
  ["an HTTP/2 request that goes on", PREFACE + requestFrame(1, { ":method": "POST" })],
  ["a part of an HTTP/1.1 head", "GET / HT"],
  ["an HTTP/1.1 request that goes on", "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n\r\nhello"],
];

test.each(
  SENT.flatMap(([what, bytes]) => [
    [what, "ends", bytes],
    [what, "resets", bytes],
  ]),
)("a client that has sent %s and %s its connection leaves no socket behind", async (_, how, bytes) => {
  const { host, upstream } = await proxy(() => [OK]);
  for (let times = 0; times < 3; times++) {
    const client = await dial(host.url);
    await new Promise<void>((resolve) => client.socket.write(bytes, "latin1", () => resolve()));
    if (how === "ends") client.socket.end();
    else client.socket.resetAndDestroy();
    await client.rest();
  }
  await eventually(() => {
    // Connections that are kept for the next requests are no leak.
    for (const socket of upstream.sockets) socket.destroy();
    return sockets() === 0;
  });
});
