import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { Random } from "./fixtures/random.ts";
import { RawHost } from "./fixtures/raw-host.ts";
import { compilePlugin } from "./plugin.ts";

let module: WebAssembly.Module;
let host: RawHost;

beforeAll(async () => {
  module = new WebAssembly.Module((await compilePlugin(fileURLToPath(new URL("..", import.meta.url)))).module);
});

beforeEach(() => {
  host = new RawHost(module);
  host.exports.proxy_on_context_create(1, 0);
});

test("a refused update keeps the last good configuration, an empty one removes it", () => {
  host.configure(1, '{"a":1}');
  host.exports.proxy_on_context_create(2, 1);
  expect(host.configure(1, "[]")).toBe(false);
  expect(host.response(2)).toEqual(["a: 1"]);
  host.calls();
  expect(host.configure(1, "")).toBe(true);
  expect(host.response(2)).toEqual([]);
});

test("an update that cannot be announced keeps the last good configuration", () => {
  host.configure(1, '{"a":"old"}');
  host.exports.proxy_on_context_create(2, 1);
  host.logStatus = 2;
  expect(host.configure(1, '{"a":"new"}')).toBe(false);
  expect(host.response(2)).toEqual(["a: old"]);
});

test("a stream has nothing to do before the first good configuration, and once its root is deleted", () => {
  const root = host.exports;
  host.configure(1, "[]");
  root.proxy_on_context_create(2, 1);
  host.calls();
  const serve = () => {
    root.proxy_on_request_headers(2, 0, 1);
    root.proxy_on_response_headers(2, 0, 1);
    return host.calls();
  };
  expect(serve()).toEqual([]);
  host.configure(1, '{"a":1}');
  host.calls();
  expect(serve()).toEqual(["proxy_get_header_map_value", "proxy_add_header_map_value"]);
  root.proxy_on_delete(1);
  expect(serve()).toEqual([]);
});

test("memory stays flat over configurations of any size, good and bad, of roots that come and go", () => {
  const random = new Random(2);
  const roots = new Set([1]);
  const run = () => {
    for (let i = 0; i < 1500; i++) {
      const root = 1 + random.below(4);
      if (random.chance(10) && roots.delete(root)) host.exports.proxy_on_delete(root);
      if (!roots.has(root)) host.exports.proxy_on_context_create(root, 0);
      roots.add(root);
      const entries = random.many(
        0,
        random.pick([1, 10, 1000]),
        () => `"k${random.below(5000)}":"${"v".repeat(random.below(40))}"`,
      );
      host.configure(root, `{${entries.join(",")}${random.chance(20) ? "," : ""}}`);
    }
    return host.pages;
  };
  run();
  const pages = run();
  expect([run(), run()]).toEqual([pages, pages]);
});
