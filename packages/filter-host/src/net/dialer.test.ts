import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { HeaderMap } from "proxy-wasm-host";
import { eventually } from "proxy-wasm-host/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HttpClusters } from "../callouts/clusters.ts";
import { UpstreamConnections } from "../proxy/open-upstream.ts";
import { ConnectTimeout, Dialer } from "./dialer.ts";

/** A listener that accepts nothing: once two connections wait, the kernel answers no further one. */
const DEAF = `
  const { createServer } = require("node:net");
  const { parentPort } = require("node:worker_threads");
  const server = createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

const worker = new Worker(DEAF, { eval: true });
const patient = new Dialer({}, 0);
let at: (scheme: string) => URL;
const waiting: { destroy(): void }[] = [];

beforeAll(async () => {
  const [port] = await once(worker, "message");
  at = (scheme) => new URL(`${scheme}://127.0.0.1:${port}`);
  for (let count = 0; count < 2; count++) {
    const socket = patient.tcp(at("http"));
    waiting.push(socket);
    await once(socket, "connect");
  }
});
afterAll(async () => {
  for (const socket of waiting) socket.destroy();
  await worker.terminate();
});

const dialer = new Dialer({}, 50);

test.each([
  ["http", () => dialer.http(at("http"))],
  ["tcp", () => dialer.tcp(at("http"))],
  ["tcp over TLS", () => dialer.tcp(at("https"))],
  ["tls", () => dialer.tls(at("https"), ["h2"])],
])("a connection that is not established in time fails: %s", async (_, dial) => {
  const [error] = await once(dial(), "error").catch((thrown) => [thrown]);
  expect(error).toBeInstanceOf(ConnectTimeout);
  expect(String(error)).toBe("ConnectTimeout: no connection after 50 ms");
});

test("one that may take as long as it wants", async () => {
  const socket = patient.http(at("http")).on("error", () => {});
  waiting.push(socket);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(socket.connecting).toBe(true);
});

test.each(["http", "h2c", "https"])("the reply to a request for an upstream at %s", async (scheme) => {
  const upstreams = new UpstreamConnections(dialer, (_, error) => {
    throw error;
  });
  const details: (string | undefined)[] = [];
  const end = upstreams.open(at(scheme), {
    headers: () => {},
    data: () => true,
    trailers: () => {},
    failed: (reply) => details.push(reply.details),
    unblocked: () => {},
    broken: (_, error) => {
      throw error;
    },
  });
  end.headers(
    new HeaderMap("request", [
      [":method", "GET"],
      [":path", "/"],
      [":authority", "h"],
    ]),
    true,
  );
  await eventually(() => details.length > 0);
  expect(details).toEqual(["upstream_reset_before_response_started{connection_timeout}"]);
  upstreams.close();
});

test("a gRPC call to a service that cannot be reached", async () => {
  const ignore = () => {};
  const clusters = new HttpClusters({}, dialer, ignore, ignore);
  const closed: number[] = [];
  clusters.openGrpc(
    at("h2c"),
    { authority: "h", path: "/s/m", metadata: [] },
    {
      initialMetadata: ignore,
      message: ignore,
      trailingMetadata: ignore,
      closed: (status) => closed.push(status),
    },
  );
  await eventually(() => closed.length > 0);
  expect(closed).toEqual([14]);
  clusters.close();
});
