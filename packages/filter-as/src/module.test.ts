import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { FakeHost } from "./fake-host.ts";
import { judge } from "./oracle.ts";
import { compilePlugin } from "./plugin.ts";
import { Random } from "./random.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

let binary: Uint8Array<ArrayBuffer>;
let module: WebAssembly.Module;
let host: FakeHost;

beforeAll(async () => {
  binary = await compilePlugin(folder);
  module = new WebAssembly.Module(binary);
});

beforeEach(() => {
  host = new FakeHost(module);
  host.create(1);
});

const configure = (configuration: string, root = 1) => {
  const { calls, good, log } = host.configure(root, bytes(configuration));
  return { calls, good, log: log.map(({ level, message }) => `${level} ${text(message)}`) };
};

const response = (stream: number) => host.response(stream).added.map((line) => line.map(text).join(": "));

describe("the module", () => {
  test("exports what the contract needs and imports what it uses, in 10 KB", () => {
    expect(
      WebAssembly.Module.exports(module)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      "_initialize",
      "malloc",
      "memory",
      "proxy_abi_version_0_2_1",
      "proxy_on_configure",
      "proxy_on_context_create",
      "proxy_on_delete",
      "proxy_on_request_headers",
      "proxy_on_response_headers",
    ]);
    expect(
      WebAssembly.Module.imports(module)
        .map(({ module, name }) => `${module}.${name}`)
        .sort(),
    ).toEqual([
      "env.proxy_add_header_map_value",
      "env.proxy_define_metric",
      "env.proxy_get_buffer_bytes",
      "env.proxy_get_header_map_value",
      "env.proxy_increment_metric",
      "env.proxy_log",
    ]);
    expect(binary.length).toBeLessThanOrEqual(10_000);
  });

  test("is the same bytes from another folder", async () => {
    const copy = mkdtempSync(join(tmpdir(), "filter-as-"));
    try {
      const kept = ["package.json", "asconfig.json", "assembly"];
      for (const name of kept) cpSync(join(folder, name), join(copy, "elsewhere", name), { recursive: true });
      cpSync(join(folder, "../proxy-wasm-as"), join(copy, "node_modules/proxy-wasm-as"), {
        recursive: true,
        filter: (path) => !/node_modules$|dist$/.test(path),
      });
      expect(Buffer.from(await compilePlugin(join(copy, "elsewhere"))).equals(binary)).toBe(true);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});

describe("host functions that fail", () => {
  test.each([
    ["proxy_get_buffer_bytes", 2, "BAD_ARGUMENT"],
    ["proxy_define_metric", 10, "INTERNAL_FAILURE"],
    ["proxy_define_metric", 5, "5"],
    ["proxy_define_metric", 4_000_000_000, "4000000000"],
  ])("while configuring, %s with %i", (callee, status, name) => {
    host.faults[callee] = status;
    expect(configure('{"a":1}')).toMatchObject({ good: false, log: [`4 header filter: ${callee} failed: ${name}`] });
  });

  test("the announcement", () => {
    configure('{"a":"old"}');
    host.create(2, 1);
    host.faults.proxy_log = 2;
    const { good, calls } = host.configure(1, bytes('{"a":"new"}'));
    expect({ good, calls }).toEqual({
      good: false,
      calls: ["proxy_get_buffer_bytes", "proxy_define_metric", "proxy_log", "proxy_log"],
    });
    expect(response(2)).toEqual(["a: old"]);
  });

  test("while serving: logged once for each function and root, and the request goes on", () => {
    configure('{"a":1,"b":2}');
    host.create(2, 1);
    host.create(3);
    configure("{}", 3);
    host.create(4, 3);
    const logged = (seen: ReturnType<FakeHost["request"]>) =>
      seen.log.map(({ level, message }) => `${level} ${text(message)}`);
    host.faults.proxy_get_header_map_value = 2;
    expect(logged(host.request(2))).toEqual(["3 header filter: proxy_get_header_map_value failed: BAD_ARGUMENT"]);
    expect(logged(host.request(2))).toEqual([]);
    expect(logged(host.request(4))).toEqual(["3 header filter: proxy_get_header_map_value failed: BAD_ARGUMENT"]);
    delete host.faults.proxy_get_header_map_value;
    host.hello = "";
    host.faults.proxy_increment_metric = 1;
    expect(logged(host.request(2))).toEqual(["3 header filter: proxy_increment_metric failed: NOT_FOUND"]);
    host.faults.proxy_add_header_map_value = 6;
    expect(host.response(2)).toMatchObject({
      calls: ["proxy_add_header_map_value", "proxy_log", "proxy_add_header_map_value"],
    });
  });
});

describe("contexts", () => {
  test("each stream has the headers of the root that made it", () => {
    host.create(7);
    configure('{"a":1}');
    configure('{"b":2}', 7);
    host.create(8, 1);
    host.create(9, 7);
    expect([response(8), response(9)]).toEqual([["a: 1"], ["b: 2"]]);
    host.delete(7);
    expect([response(8), response(9), host.request(9).calls]).toEqual([["a: 1"], [], []]);
  });

  test("a refused update keeps the last good configuration, an empty one takes it away", () => {
    configure('{"a":1}');
    host.create(2, 1);
    expect(configure("[]").good).toBe(false);
    expect(response(2)).toEqual(["a: 1"]);
    expect(configure("")).toMatchObject({ good: true, calls: ["proxy_define_metric", "proxy_log"] });
    expect(response(2)).toEqual([]);
  });

  test("nothing happens before the first good configuration", () => {
    configure("[]");
    host.create(2, 1);
    host.hello = "x";
    expect([host.request(2).calls, host.response(2).calls]).toEqual([[], []]);
  });

  test("a value of `hello` of any length is let go", () => {
    configure("{}");
    host.create(2, 1);
    for (let length = 1; length < 300_000; length = length * 2 + 1) {
      host.hello = "x".repeat(length);
      for (let i = 0; i < 50; i++) expect(host.request(2).counted).toBe(1n);
    }
    expect(host.pages).toBeLessThan(32);
  });
});

describe("memory stays flat", () => {
  test("over requests whose streams end in any order", () => {
    configure('{"header_1":"some_value_1","header_2":"another_value"}');
    const random = new Random(1);
    const live: number[] = [];
    let lost = 0;
    host.hello = "world";
    const { pages } = host;
    for (let id = 2; id < 100_000; id++) {
      host.create(id, 1);
      host.request(id);
      live.push(id);
      if (live.length > 100) {
        const [ended] = live.splice(random.below(live.length), 1) as [number];
        if (host.response(ended).added.length !== 2) lost++;
        host.delete(ended);
      }
    }
    expect({ lost, pages: host.pages }).toEqual({ lost: 0, pages });
  });

  test("over configurations of any size, good and bad, of roots that come and go", () => {
    const random = new Random(2);
    const roots = new Set([1]);
    const run = () => {
      for (let i = 0; i < 1500; i++) {
        const root = 1 + random.below(4);
        if (random.chance(10) && roots.delete(root)) host.delete(root);
        if (!roots.has(root)) host.create(root);
        roots.add(root);
        const entries = random.many(
          0,
          random.pick([1, 10, 1000]),
          () => `"k${random.below(5000)}":"${"v".repeat(random.below(40))}"`,
        );
        configure(`{${entries.join(",")}${random.chance(20) ? "," : ""}}`, root);
      }
      return host.pages;
    };
    run();
    const pages = run();
    expect([run(), run()]).toEqual([pages, pages]);
  });
});

test.each<[name: string, configuration: () => string]>([
  ["one value of 1 MiB", () => `{"a":"${"x".repeat(2 ** 20)}"}`],
  ["100,000 levels", () => "[".repeat(100_000)],
  [
    "200,000 keys, backwards",
    () => `{${Array.from({ length: 200_000 }, (_, i) => `"k${999_999 - i}":${i}`).join(",")}}`,
  ],
  ["one key 200,000 times", () => `{${'"a":[1],'.repeat(200_000)}"a":1}`],
  ["many headers of one long name", () => `{"${"a".repeat(2 ** 19)}":[${"0,".repeat(2 ** 18)}0]}`],
  [
    "long names that begin alike",
    () => `{${Array.from({ length: 30 }, (_, i) => `"${"k".repeat(33_000)}${i}":1`).join(",")}}`,
  ],
  ["a long name that is all escapes", () => `{"${"\\u0001".repeat(170_000)}":1}`],
  ["500,000 digits", () => `{"a":0.${"9".repeat(500_000)}}`],
  ["500,000 zeros and an exponent", () => `{"a":0.${"0".repeat(499_999)}1e500000}`],
  ["an exponent of 500,000 digits", () => `{"a":1e-${"9".repeat(500_000)}}`],
  ["numbers next to nothing", () => `{"a":[${Array(60_000).fill("2.4703282e-324").join(",")}]}`],
  ["a text that ends too early", () => `{"a":"${"\\ud83d\\ude00".repeat(87_000)}`],
])("as JSON.parse reads it: %s", (_, make) => {
  const configuration = bytes(make());
  const expected = judge(configuration);
  host.create(2, 1);
  const { good, log } = host.configure(1, configuration);
  const message = text(log[0]?.message ?? new Uint8Array());
  if ("refused" in expected) {
    expect({ good, message }).toEqual({
      good: false,
      message: `header filter: configuration refused: ${expected.refused}`,
    });
  } else {
    expect({ good, message }).toMatchObject({
      good: true,
      message: expect.stringContaining(` ${expected.lines.length} `),
    });
    if (expected.lines.length < 1000) expect(response(2)).toEqual(expected.lines.map((line) => line.join(": ")));
  }
});
