import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embed, type LogLine } from "proxy-wasm-host";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFilter } from "../src/index.ts";

const dir = mkdtempSync(join(tmpdir(), "filter-javy-test-"));
afterAll(() => rmSync(dir, { recursive: true }));

async function build(source: string): Promise<Uint8Array> {
  const file = join(dir, "filter.ts");
  writeFileSync(file, source);
  return (await buildFilter(file)).module;
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

describe("a filter's module", () => {
  let module: Uint8Array;
  beforeAll(async () => {
    module = await build(`
      export default (host) => ({
        onConfigure(size) {
          const text = String.fromCharCode(...host.getBuffer(7, 0, size).value);
          if (text === "bad") throw new Error("bad");
          return { text, headers: host.internHeaders([["configured", text]]) };
        },
        onRequestHeaders({ text }) {
          if (text === "throws") missing();
          if (text === "page") console.log(\`first
// second
/* third */
last\`);
          if (text !== "promises") return;
          Promise.resolve().then(() => Promise.reject(new Error("late"))).catch((error) => console.log("caught", error.message));
          console.error("now");
        },
        onResponseHeaders({ text, headers }) {
          if (text === "throws") throw { toString() { throw 1; } };
          host.addHeaders(2, headers);
        },
      });`);
  });

  test("exports the callbacks that the filter defines, and no other", () => {
    const exports = WebAssembly.Module.exports(new WebAssembly.Module(module)).map(({ name }) => name);
    expect(exports.sort()).toEqual([
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
  });

  test("an exception is logged with its stack, and the request goes on", () => {
    const { host, lines } = run(module, "throws");
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

  test("an exception while configuring refuses the configuration, and keeps the last good one", () => {
    const { host, lines } = run(module, "good");
    expect(host.reconfigure("test", Buffer.from("bad"))).toBe(false);
    expect(lines[0]?.message).toMatch(/^onConfigure: Error: bad\n/);
    const stream = host.openStream();
    stream.request(REQUEST);
    stream.respond(RESPONSE);
    expect(stream.atClient?.headers).toEqual([...RESPONSE.headers, ["configured", "good"]]);
    stream.end();
  });

  test("text that looks like a comment is text", () => {
    const { host, lines } = run(module, "page");
    host.openStream().request(REQUEST);
    expect(lines.map(({ message }) => message)).toEqual(["first\n// second\n/* third */\nlast"]);
  });

  test("promises settle before the callback returns, and the console is the proxy's log", () => {
    const { host, lines } = run(module, "promises");
    host.openStream().request(REQUEST);
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ["error", "now"],
      ["info", "caught late"],
    ]);
  });
});

describe("a filter with a state for each stream, and an asynchronous callback", () => {
  let module: Uint8Array;
  beforeAll(async () => {
    module = await build(`
      export default () => ({
        onConfigure: () => ({}),
        onStream: () => ({ list: [] }),
        onRequestHeaders(stream) {
          const cycle = { text: "garbage".repeat(100) };
          cycle.self = cycle;
          stream.list.push(cycle);
        },
        async onResponseHeaders() { missing(); },
      });`);
  });

  test("a rejection that nobody handles is logged as an exception is", () => {
    const { host, lines } = run(module);
    const stream = host.openStream();
    stream.request(REQUEST);
    stream.respond(RESPONSE);
    expect(stream.atClient?.headers).toEqual(RESPONSE.headers);
    expect(lines.map(({ message }) => message.split("\n")[0])).toEqual([
      "onResponseHeaders: ReferenceError: missing is not defined",
    ]);
  });

  test("memory stays flat, whatever garbage the callbacks make", () => {
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
});

describe("what a build refuses", () => {
  test.each([
    ["export default (", /filter\.ts:1:17: Unexpected end of file$/],
    ["import './nowhere.ts'; export default () => ({});", /filter\.ts:1:8: Could not resolve "\.\/nowhere\.ts"$/],
    ["export const filter = 1;", /filter\.ts: no default export, expected such as export default defineFilter/],
    [
      "export default () => /[[0-9]--1]/v;",
      /filter\.ts:1:34: The regular expression flag "v" is not available in the configured target environment/,
    ],
    [
      "export default () => ({ onConfigure() {}, onRequestHeader() {} });",
      /filter\.ts:1:43: onRequestHeader is not a callback of a filter: the nearest is onRequestHeaders$/,
    ],
    [
      "export default () => ({ onConfigure() { fetch('http://a'); } });",
      /filter\.ts:1:41: fetch does not exist in a filter: call a cluster with httpCall$/,
    ],
    [
      "import { readFileSync } from 'node:fs'; export default () => ({ onConfigure: () => readFileSync('a') });",
      /filter\.ts:1:1: the module node:fs does not exist in a filter: a filter has no files/,
    ],
    ["export default () => /(?i:a)/;", /the filter's script does not compile: Error: invalid group/],
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
