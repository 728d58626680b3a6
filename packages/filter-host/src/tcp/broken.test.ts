import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Plugin, StreamInfo } from "proxy-wasm-host";
import { eventually, TcpContext } from "proxy-wasm-host/testing";
import { expect, onTestFinished, test } from "vitest";
import { proxy } from "../fixtures/proxy.ts";
import { dial } from "../fixtures/sockets.ts";
import { internalErrors, throwAt, uncaught } from "../fixtures/uncaught.ts";
import { TcpConnection } from "./connection.ts";

async function echo(): Promise<URL> {
  const server = createServer((socket) => socket.on("error", () => {}).pipe(socket));
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

test.each([
  [Plugin, "newConnection"],
  [TcpContext, "newConnection"],
  [TcpContext, "downstreamData"],
  [TcpContext, "upstreamData"],
  [TcpContext, "closed"],
  [StreamInfo, "routed"],
  [StreamInfo, "connected"],
  [StreamInfo, "complete"],
  [TcpConnection, "close"],
])("after an exception in %o.%s the next connection is served", async (owner, method) => {
  const escaped = uncaught();
  const { host, said } = await proxy(() => [], undefined, { upstream: await echo(), tcp: true });
  const talk = async (): Promise<string> => {
    const client = await dial(host.url);
    client.send("hello");
    client.socket.end();
    return client.rest();
  };
  expect(await talk()).toBe("hello");
  for (let nth = 1; nth <= 3; nth++) {
    const before = internalErrors(said("host")).length;
    const injected = throwAt(nth, owner.prototype, method);
    await talk();
    if (injected.calls() >= nth) await eventually(() => internalErrors(said("host")).length > before);
    injected.restore();
    expect(await talk()).toBe("hello");
  }
  expect(escaped).toEqual([]);
});

test("clients and upstreams that reset their connections", async () => {
  const escaped = uncaught();
  const upstream = createServer((socket) => {
    socket.on("error", () => {}).on("data", () => socket.resetAndDestroy());
  });
  await once(upstream.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void upstream.close());
  const url = new URL(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
  const { host, said } = await proxy(() => [], undefined, { upstream: url, tcp: true });
  const reset = await dial(host.url);
  reset.socket.resetAndDestroy();
  const cut = await dial(host.url);
  cut.send("hello");
  expect(await cut.rest()).toBe("");
  await eventually(() => said("filter").filter((line) => line === "delete").length === 2);
  expect(escaped).toEqual([]);
});
