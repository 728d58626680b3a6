import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { added, FIRST, plugins, request, respond, startFilter, startUnseen } from "./fixtures/host.ts";
import { judge } from "./fixtures/oracle.ts";
import { Random } from "./fixtures/random.ts";
import { compilePlugin } from "./plugin.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));

let binary: Uint8Array<ArrayBuffer>;
let map: string;

beforeAll(async () => {
  ({ module: binary, map } = await compilePlugin(folder));
});

describe("the module", () => {
  test("exports what the contract needs and imports what it uses, in 10 KB", () => {
    const module = new WebAssembly.Module(binary);
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
      const elsewhere = await compilePlugin(join(copy, "elsewhere"));
      expect(Buffer.from(elsewhere.module).equals(binary)).toBe(true);
      expect(elsewhere.map).toBe(map);
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
    const host = startFilter(binary, ['{"a":1}'], { [callee]: status });
    expect(host.plugins[0]?.state).toBe("refused");
    expect(host.seen().log).toEqual([`error header filter: ${callee} failed: ${name}`]);
  });

  test("the announcement", () => {
    const host = startFilter(binary, ['{"a":1}'], { proxy_log: 2 });
    expect(host.plugins[0]?.state).toBe("refused");
    expect(host.seen().calls).toEqual(["proxy_get_buffer_bytes", "proxy_define_metric", "proxy_log", "proxy_log"]);
  });

  test("while serving: logged once for each root, and the request goes on", () => {
    const host = startFilter(binary, ['{"a":1,"b":2}', "{}"], { proxy_get_header_map_value: 2 });
    host.seen();
    const line = "warn header filter: proxy_get_header_map_value failed: BAD_ARGUMENT";
    expect(added(host)).toEqual(["a: 1", "b: 2"]);
    expect(host.seen().log).toEqual([line, line]);
    expect(added(host)).toEqual(["a: 1", "b: 2"]);
    expect(host.seen().log).toEqual([]);
  });

  test("while serving: logged once for each function", () => {
    const faults = { proxy_increment_metric: 1, proxy_add_header_map_value: 6 };
    const host = startFilter(binary, ['{"a":1,"b":2}'], faults);
    for (const again of [false, true]) {
      host.seen();
      const stream = request(host, "");
      const increment = "warn header filter: proxy_increment_metric failed: NOT_FOUND";
      expect(host.seen().log).toEqual(again ? [] : [increment]);
      expect(respond(stream)).toEqual([]);
      expect(host.seen().calls).toEqual([
        "proxy_add_header_map_value",
        ...(again ? [] : ["proxy_log"]),
        "proxy_add_header_map_value",
      ]);
    }
  });
});

describe("contexts", () => {
  test("each stream has the headers of the root that made it", () => {
    const host = startFilter(binary, ['{"a":1}', '{"b":2}']);
    const stream = request(host);
    host.use(plugins(binary, ['{"a":3}']));
    expect(added(host)).toEqual(["a: 3"]);
    expect(respond(stream)).toEqual([
      ["b", "2"],
      ["a", "1"],
    ]);
  });

  test("an empty configuration adds nothing", () => {
    const host = startFilter(binary, ['{"a":1}']);
    host.seen();
    expect(host.reconfigure(FIRST, new Uint8Array())).toBe(true);
    expect(host.seen().calls).toEqual(["proxy_define_metric", "proxy_log"]);
    expect(added(host)).toEqual([]);
  });

  test("a value of `hello` of any length is freed", () => {
    const host = startUnseen(binary, "{}");
    let requests = 0n;
    for (let length = 1; length < 300_000; length = length * 2 + 1) {
      for (let i = 0; i < 50; i++, requests++) respond(request(host, "x".repeat(length)));
    }
    expect([...host.counters().values()]).toEqual([requests]);
    expect(host.plugins[0]?.memoryPages).toBeLessThan(32);
  });
});

test("memory stays flat over requests whose streams end in any order", () => {
  const host = startUnseen(binary, '{"header_1":"some_value_1","header_2":"another_value"}');
  const random = new Random(1);
  const live: ReturnType<typeof request>[] = [];
  let lost = 0;
  const pages = host.plugins[0]?.memoryPages;
  for (let at = 0; at < 100_000; at++) {
    live.push(request(host, "world"));
    if (live.length <= 100) continue;
    for (const ended of live.splice(random.below(live.length), 1)) if (respond(ended).length !== 2) lost++;
  }
  expect({ lost, pages: host.plugins[0]?.memoryPages }).toEqual({ lost: 0, pages });
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
  const configuration = make();
  const expected = judge(Buffer.from(configuration));
  const host = startFilter(binary, [configuration]);
  const [line] = host.seen().log;
  if ("refused" in expected) {
    expect(host.plugins[0]?.state).toBe("refused");
    expect(line).toBe(`error header filter: configuration refused: ${expected.refused}`);
  } else {
    expect(line).toContain(` ${expected.lines.length} `);
    if (expected.lines.length < 1000) expect(added(host)).toEqual(expected.lines.map((line) => line.join(": ")));
  }
});
