import { expect, test } from "vitest";
import { ask } from "./fixtures/sockets.ts";
import { filter } from "./fixtures/wat.ts";
import { startHost } from "./host.ts";

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
  expect((await get("/"))[1]).toMatch(/&#60;p&#62;<\/td><td>running[\s\S]*broken<\/td><td>refused/);
  expect((await get("/", "evil.example"))[0]).toBe(403);
  expect((await get("/nope"))[0]).toBe(404);
  expect((await get("/", "127.0.0.1", "POST"))[0]).toBe(405);
  await host.close();
});
