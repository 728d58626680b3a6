import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type Host, startHost } from "../host.ts";

let close: (() => Promise<void>) | undefined;
afterEach(() => close?.());

/** A host without plugins whose requests wait, before an upstream that answers with the body that it got. */
async function paused(): Promise<{ host: Host; api: (path: string, type?: string) => Promise<Response> }> {
  const upstream = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
    res.end(`${req.method} ${req.url} ${Buffer.concat(chunks).length}`);
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const { port } = upstream.address() as AddressInfo;
  const admin = { host: "127.0.0.1", port: 0 };
  const host = await startHost({ plugins: [], upstream: new URL(`http://127.0.0.1:${port}`), admin, paused: true });
  close = async () => {
    await host.close();
    upstream.closeAllConnections();
    upstream.close();
  };
  const api = (path: string, type = "application/json") =>
    fetch(new URL(`/api/${path}`, host.adminUrl), { method: "POST", headers: { "content-type": type }, body: "{}" });
  return { host, api };
}
const waiting = async ({ adminUrl }: Host): Promise<unknown> =>
  ((await (await fetch(new URL("/api/state", adminUrl))).json()) as { pause: unknown }).pause;

test("requests wait with their bodies, pass in their order, and all once nothing is held back any more", async () => {
  const { host, api } = await paused();
  const answered: string[] = [];
  const send = (path: string, size: number) =>
    fetch(new URL(path, host.url), { method: "POST", body: "x".repeat(size) })
      .then((response) => response.text())
      .then((text) => void answered.push(text));
  const all = [send("/small", 10)];
  await expect.poll(() => waiting(host)).toEqual({ on: true, waiting: 1 });
  all.push(send("/large", 3_000_000));
  await expect.poll(() => waiting(host)).toEqual({ on: true, waiting: 2 });
  expect(answered).toEqual([]);
  expect(await (await api("release")).json()).toEqual({ on: true, waiting: 1 });
  await expect.poll(() => answered).toEqual(["POST /small 10"]);
  expect(await (await api("continue")).json()).toEqual({ on: false, waiting: 0 });
  await Promise.all(all);
  expect(answered).toEqual(["POST /small 10", "POST /large 3000000"]);
  expect(await (await fetch(new URL("/later", host.url))).text()).toBe("GET /later 0");
  expect(await (await api("release")).json()).toEqual({ on: false, waiting: 0 });
});

test("a client that leaves is not waited for", async () => {
  const { host, api } = await paused();
  const leaving = new AbortController();
  const left = fetch(host.url, { signal: leaving.signal }).catch(() => "left");
  await expect.poll(() => waiting(host)).toEqual({ on: true, waiting: 1 });
  leaving.abort();
  expect(await left).toBe("left");
  await expect.poll(() => waiting(host)).toEqual({ on: true, waiting: 0 });
  expect((await api("continue")).status).toBe(200);
});

test("other sites' forms can't release requests", async () => {
  const { host, api } = await paused();
  const response = fetch(host.url);
  await expect.poll(() => waiting(host)).toEqual({ on: true, waiting: 1 });
  expect((await api("continue", "text/plain")).status).toBe(415);
  expect(await waiting(host)).toEqual({ on: true, waiting: 1 });
  await api("continue");
  expect((await response).status).toBe(200);
});
