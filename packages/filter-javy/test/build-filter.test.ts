import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embed, type LogLine } from "proxy-wasm-host";
import { afterAll, describe, expect, test } from "vitest";
import { buildFilter } from "../src/index.ts";

const dir = mkdtempSync(join(tmpdir(), "filter-javy-test-"));
afterAll(() => rmSync(dir, { recursive: true }));

function build(source: string): Promise<Uint8Array> {
  const file = join(dir, "filter.ts");
  writeFileSync(file, source);
  return buildFilter(file);
}

const REQUEST = {
  headers: [
    [":method", "GET"],
    [":path", "/"],
  ],
} as const;
const RESPONSE = { headers: [[":status", "200"]] } as const;

function run(module: Uint8Array, configuration = "x") {
  const lines: LogLine[] = [];
  const plugin = { name: "test", module, configuration: Buffer.from(configuration) };
  const host = embed({ plugins: [plugin], log: (line) => lines.push(line) });
  return { host, lines };
}

test("a module exports the callbacks that the filter defines, and no other", async () => {
  const module = await build("export default () => ({ onConfigure: () => ({}), onLog() {} });");
  const exports = WebAssembly.Module.exports(new WebAssembly.Module(module)).map(({ name }) => name);
  expect(exports.sort()).toEqual([
    "_initialize",
    "malloc",
    "memory",
    "proxy_abi_version_0_2_1",
    "proxy_on_configure",
    "proxy_on_context_create",
    "proxy_on_delete",
    "proxy_on_log",
  ]);
});

test("an exception is logged with its stack, and the request goes on", async () => {
  const module = await build(`
    export default () => ({
      onConfigure: () => ({}),
      onRequestHeaders() { missing(); },
      onResponseHeaders() { throw { toString() { throw 1; } }; },
    });`);
  const { host, lines } = run(module);
  for (let times = 0; times < 2; times++) {
    const stream = host.openStream();
    stream.request(REQUEST);
    stream.respond(RESPONSE);
    expect(stream.atClient?.headers).toEqual(RESPONSE.headers);
    stream.end();
  }
  expect(lines.map(({ level, message }) => [level, message.split("\n")[0]])).toEqual([
    ["error", "onRequestHeaders: ReferenceError: missing is not defined"],
    ["error", "onResponseHeaders: something that can't be turned into text"],
    ["error", "onRequestHeaders: ReferenceError: missing is not defined"],
    ["error", "onResponseHeaders: something that can't be turned into text"],
  ]);
  expect(lines[0]?.message).toMatch(/\n\s+at onRequestHeaders \(/);
});

test("an exception while configuring refuses the configuration, and keeps the last good one", async () => {
  const module = await build(`
    export default (host) => ({
      onConfigure(size) {
        if (size === 3) throw new Error("bad");
        return { headers: host.internHeaders([["size", String(size)]]) };
      },
      onResponseHeaders({ headers }) { host.addHeaders(2, headers); },
    });`);
  const { host, lines } = run(module, "12");
  expect(host.reconfigure("test", Buffer.from("123"))).toBe(false);
  expect(lines[0]?.message).toMatch(/^onConfigure: Error: bad\n/);
  const stream = host.openStream();
  stream.request(REQUEST);
  stream.respond(RESPONSE);
  expect(stream.atClient?.headers).toEqual([...RESPONSE.headers, ["size", "2"]]);
  stream.end();
});

test("a rejection that nobody handles is logged as an exception is", async () => {
  const module = await build(`
    export default () => ({
      onConfigure: () => ({}),
      async onRequestHeaders() { missing(); },
    });`);
  const { host, lines } = run(module);
  const stream = host.openStream();
  stream.request(REQUEST);
  expect(stream.atUpstream?.headers).toEqual(REQUEST.headers);
  expect(lines.map(({ message }) => message.split("\n")[0])).toEqual([
    "onRequestHeaders: ReferenceError: missing is not defined",
  ]);
});

test("promises settle before the callback returns, and the console is the proxy's log", async () => {
  const module = await build(`
    export default () => ({
      onConfigure: () => ({}),
      onRequestHeaders() {
        Promise.resolve().then(() => Promise.reject(new Error("late"))).catch((error) => console.log("caught", error.message));
        console.error("now");
      },
    });`);
  const { host, lines } = run(module);
  host.openStream().request(REQUEST);
  expect(lines.map(({ level, message }) => [level, message])).toEqual([
    ["error", "now"],
    ["info", "caught late"],
  ]);
});

test("memory stays flat, whatever garbage the callbacks make", async () => {
  const module = await build(`
    export default () => ({
      onConfigure: () => ({}),
      onStream: () => ({ list: [] }),
      onRequestHeaders(stream) {
        const cycle = { text: "garbage".repeat(100) };
        cycle.self = cycle;
        stream.list.push(cycle);
      },
    });`);
  const { host } = run(module);
  const serve = (times: number) => {
    for (let time = 0; time < times; time++) {
      const stream = host.openStream();
      stream.request(REQUEST);
      stream.end();
    }
    return host.plugins[0]?.memoryPages;
  };
  const pages = serve(5000);
  expect(serve(20_000)).toBe(pages);
});

describe("what a build refuses", () => {
  test.each([
    ["export default (", /filter\.ts:1:17: Unexpected end of file$/],
    ["import './nowhere.ts'; export default () => ({});", /filter\.ts:1:8: Could not resolve "\.\/nowhere\.ts"$/],
    ["export const filter = 1;", /No matching export in ".*filter\.ts" for import "default"$/],
    ["export default 1;", /not a function/],
    ["export default () => ({ onRequestHeaders() {} });", /a filter defines onConfigure/],
    ["export default () => ({ onConfigure() {}, onLog: 1 });", /a filter's callbacks are functions/],
    ["export default () => { throw new Error('unwell'); };", /unwell/],
    [
      "export default (host) => { host.defineMetric(0, 'm'); };",
      /proxy_define_metric called while the filter is made: it has to wait for onConfigure/,
    ],
  ])("%s", async (source, text) => {
    const { oneLine } = await import("@wasm-header-filter/cli");
    const error = await build(source).catch(oneLine);
    expect(error).toMatch(text);
  });
});
