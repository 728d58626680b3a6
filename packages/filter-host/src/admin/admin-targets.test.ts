import { once } from "node:events";
import { PageRoutes, Series } from "@wasm-header-filter/flight-recorder";
import { Runtime } from "proxy-wasm-host";
import { eventually } from "proxy-wasm-host/testing";
import { expect, test, vi } from "vitest";
import { GET, OK, proxy } from "../fixtures/proxy.ts";
import { ask, dial } from "../fixtures/sockets.ts";
import { internalErrors, throwAt, uncaught } from "../fixtures/uncaught.ts";

const admin = { host: "127.0.0.1", port: 0 };

async function served() {
  const { host, said } = await proxy(() => [OK], undefined, { admin });
  const url = host.adminUrl as URL;
  const status = async (request: string) => (await ask(url, request)).split(" ")[1] ?? "none";
  const get = (target: string, method = "GET") =>
    status(`${method} ${target} HTTP/1.1\r\nhost: ${url.host}\r\nconnection: close\r\n\r\n`);
  return { host, url, status, get, broken: () => internalErrors(said("host")) };
}

test("every request target gets an answer, and so does the next request", async () => {
  const escaped = uncaught();
  const { get, broken } = await served();
  const targets = [
    "//",
    "//?x",
    "///",
    "//a/ready",
    "http://[",
    "http://",
    "http://a:99999/",
    "*",
    "\\\\",
    "/\\",
    "a",
    ":",
    "?",
    "#",
    "/%",
    "/%zz",
    "/%00",
    "/\x7f",
    "/\xff",
    "/..//x",
    "/api/requests/99999999999999999999",
    "/__proto__",
    "/constructor",
    "__proto__",
    `/${"a".repeat(10_000)}`,
  ];
  for (const target of targets) {
    for (const method of ["GET", "HEAD", "POST", "OPTIONS", "DELETE"])
      expect(await get(target, method), target).toMatch(/^40[0345]$/);
    expect(await get("/ready")).toBe("200");
  }
  expect(await get("h:1", "CONNECT")).toBe("404");
  expect(await get("http://localhost/ready")).toBe("200");
  expect(broken()).toEqual([]);
  expect(escaped).toEqual([]);
});

test("CONNECT, upgrades, expectations, and clients that disconnect", async () => {
  const escaped = uncaught();
  const { url, status, get, broken } = await served();
  const head = (line: string, ...headers: string[]) =>
    `${[`${line} HTTP/1.1`, `host: ${url.host}`, "connection: close", ...headers].join("\r\n")}\r\n\r\n`;
  expect(await status(head("GET /x", "upgrade: websocket").replace("close", "upgrade, close"))).toBe("404");
  expect(await status(head("GET /x", "expect: more"))).toBe("417");
  expect(await status("what?\r\n\r\n")).toBe("400");
  expect(await status(head("GET /x", `a: ${"b".repeat(70_000)}`))).toBe("431");
  const { host: name } = url;
  for (const [begin, wait] of [
    [
      `POST /api/replay HTTP/1.1\r\nhost: ${name}\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{`,
      undefined,
    ],
    [`GET /api/events HTTP/1.1\r\nhost: ${name}\r\n\r\n`, /event-stream/],
    [`CONNECT h:1 HTTP/1.1\r\nhost: ${name}\r\n\r\n`, undefined],
    [`GET /api/recording HTTP/1.1\r\nhost: ${name}\r\n\r\n`, undefined],
  ] as const) {
    const client = await dial(url);
    client.send(begin);
    if (wait) await client.until(wait);
    client.socket.resetAndDestroy();
    await once(client.socket, "close");
    expect(await get("/ready")).toBe("200");
  }
  expect(broken()).toEqual([]);
  expect(escaped).toEqual([]);
});

test("after an exception in a route, in the statistics or in the page's events the next request is answered", async () => {
  const escaped = uncaught();
  const { host, url, get, broken } = await served();
  for (const [owner, method, target] of [
    [Runtime, "counters", "/stats"],
    [PageRoutes, "find", "/api/state"],
  ] as const) {
    const injected = throwAt(1, owner.prototype, method);
    expect(await get(target)).toBe("500");
    injected.restore();
    expect(await get(target)).toBe("200");
  }
  expect(broken()).toHaveLength(2);
  expect(broken()[0]).toMatch(/^internal error at the admin request for \/stats: injected \(uncaught\.ts:\d+\)$/);
  const page = await dial(url);
  page.send(`GET /api/events HTTP/1.1\r\nhost: ${url.host}\r\n\r\n`);
  await page.until(/event-stream/);
  const sample = vi.spyOn(Series.prototype, "sample").mockImplementation(() => {
    throw new Error("injected");
  });
  await eventually(() => broken().some((line) => line.startsWith("internal error at a sample: ")));
  sample.mockRestore();
  expect(await ask(host.url, GET)).toMatch(/^HTTP\/1.1 200 /);
  await page.until(/event: requests/);
  page.socket.destroy();
  expect(escaped).toEqual([]);
});
