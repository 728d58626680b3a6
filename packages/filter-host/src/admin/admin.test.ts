import { filter } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { ask } from "../fixtures/sockets.ts";
import { startHost } from "../host.ts";

const COUNTS = filter(`(func (export "proxy_on_configure") (param i32 i32) (result i32)
  (drop (call $proxy_define_metric (i32.const 0) "hello_header_counter"* (i32.const 16)))
  (drop (call $proxy_increment_metric (i32.const 4) (i64.const 1))) (i32.const 1))`);

test("statistics, readiness and the page; other names of the host are refused", async () => {
  const local = { host: "127.0.0.1", port: 0 };
  const plugins = [
    { name: "<p>", module: COUNTS },
    { name: "broken", module: Buffer.from("x") },
  ];
  const host = await startHost({ plugins, upstream: new URL("http://127.0.0.1:1"), admin: local });
  const admin = host.adminUrl as URL;
  const get = async (path: string, as = "localhost", method = "GET") => {
    const [head = "", body] = (
      await ask(admin, `${method} ${path} HTTP/1.1\r\nhost: ${as}:1\r\nconnection: close\r\n\r\n`)
    ).split("\r\n\r\n");
    return [Number(head.split(" ")[1]), body] as const;
  };
  // The canary counts as well: metrics are the host's.
  const metric = "# TYPE hello_header_counter counter\nhello_header_counter{} 2\n";
  expect(await get("/stats/prometheus?usedonly")).toEqual([200, expect.stringContaining(metric)]);
  expect(host.stats()).toBe(metric);
  expect(host.counters()).toEqual(new Map([["hello_header_counter", 2n]]));
  expect(await get("/stats")).toEqual([200, expect.stringContaining("wasmcustom.hello_header_counter: 2\n")]);
  expect(await get("/ready", "[::1]")).toEqual([200, expect.stringContaining("LIVE\n")]);
  expect((await get("/"))[1]).toContain('<script type="module" src="/page.js">');
  expect((await get("/", "evil.example"))[0]).toBe(403);
  expect((await get("/nope"))[0]).toBe(404);
  expect((await get("/", "127.0.0.1", "POST"))[0]).toBe(405);
  expect((await get("/api/replay"))[0]).toBe(405);
  await host.close();
});

test("scrapers may use the names that are allowed, or any on a listener beyond loopback; the page and its API never", async () => {
  const pages = ["/", "/page.js", "/page.css", "/api/state", "/api/recording", "/api/requests/1", "/api/background"];
  const start = (listen: string, adminHosts?: string[]) =>
    startHost({
      plugins: [],
      upstream: new URL("http://127.0.0.1:1"),
      admin: { host: listen, port: 0 },
      ...(adminHosts && { adminHosts }),
    });
  for (const [listen, names, allowed] of [
    ["127.0.0.1", undefined, []],
    ["127.0.0.1", ["Filters.internal"], ["filters.internal", "FILTERS.internal"]],
    ["0.0.0.0", undefined, ["filters.internal", "evil.example", "10.0.0.7", ""]],
  ] as const) {
    const host = await start(listen, names && [...names]);
    const admin = new URL(`http://127.0.0.1:${host.adminUrl?.port}`);
    const status = async (path: string, name: string, ...more: string[]) => {
      const head = [
        `GET ${path} HTTP/1.1`,
        `host: ${name && `${name}:${admin.port}`}`,
        "connection: close",
        ...more,
        "",
        "",
      ];
      return Number((await ask(admin, head.join("\r\n"))).split(" ")[1]);
    };
    for (const name of ["filters.internal", "FILTERS.internal", "evil.example", "10.0.0.7", ""]) {
      const wanted = (allowed as readonly string[]).includes(name) || allowed.length > 2 ? 200 : 403;
      for (const path of ["/stats", "/stats/prometheus?usedonly", "/ready"])
        expect(await status(path, name), `${listen} ${name} ${path}`).toBe(wanted);
      for (const path of pages) expect(await status(path, name), `${listen} ${name} ${path}`).toBe(403);
    }
    for (const path of ["/stats/prometheus", "/"]) expect(await status(path, "localhost")).toBe(200);
    expect(await status("/stats", "filters.internal", "sec-fetch-site: cross-site", "sec-fetch-mode: cors")).toBe(403);
    await host.close();
  }
});

test("what other sites' pages send is refused, a link to the page is not", async () => {
  const local = { host: "127.0.0.1", port: 0 };
  const host = await startHost({ plugins: [], upstream: new URL("http://127.0.0.1:1"), admin: local });
  const { host: name } = host.adminUrl as URL;
  const status = async (line: string, ...headers: string[]) => {
    const head = [`${line} HTTP/1.1`, `host: ${name}`, "connection: close", "content-length: 0", ...headers, "", ""];
    return Number((await ask(host.adminUrl as URL, head.join("\r\n"))).split(" ")[1]);
  };
  const cross = "sec-fetch-site: cross-site";
  const json = "content-type: application/json";
  expect(await status("GET /api/state")).toBe(200);
  expect(await status("GET /api/state", "sec-fetch-site: same-origin")).toBe(200);
  expect(await status("GET /", cross, "sec-fetch-mode: navigate")).toBe(200);
  expect(await status("GET /api/state", cross, "sec-fetch-mode: cors")).toBe(403);
  expect(await status("GET /page.js", "sec-fetch-site: same-site", "sec-fetch-mode: no-cors")).toBe(403);
  expect(await status("GET /api/state", "origin: http://evil.example")).toBe(403);
  expect(await status("POST /api/replay", cross, "sec-fetch-mode: navigate", json)).toBe(403);
  expect(await status("POST /api/replay", "origin: null", json)).toBe(403);
  expect(await status("POST /api/replay", `origin: http://${name}`, json)).toBe(400);
  expect(await status("POST /api/replay", `origin: http://${name}`, "content-type: text/plain")).toBe(415);
  await host.close();
});

test("without a recorder there is no page", async () => {
  const local = { host: "127.0.0.1", port: 0 };
  const plugins = [{ name: "p", module: COUNTS }];
  const host = await startHost({ plugins, upstream: new URL("http://127.0.0.1:1"), admin: local, record: false });
  const get = async (path: string) => fetch(new URL(path, host.adminUrl));
  expect(await (await get("/")).text()).toContain("p: running\n/ready");
  expect((await get("/api/state")).status).toBe(404);
  await host.close();
});
