import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { oneLine } from "@wasm-header-filter/cli";
import { embed, type LogLine } from "proxy-wasm-host";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { componentize } from "../src/componentize.ts";
import { buildFilter } from "../src/index.ts";

const dir = mkdtempSync(join(tmpdir(), "filter-jco-test-"));
afterAll(() => rmSync(dir, { recursive: true }));

function build(source: string): Promise<Uint8Array> {
  const file = join(dir, "filter.ts");
  writeFileSync(file, source);
  return buildFilter(file, join(dir, "build"), { optimize: "quick" });
}

const REQUEST = {
  headers: [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
  ],
} as const;
const RESPONSE = { headers: [[":status", "200"]] } as const;

/**
 * Adds its configuration to each response, and fails in the way that the configuration names: one module for many tests, since a build takes
 * seconds.
 */
const FILTER = `
  export default (host) => {
    const name = host.internName("name");
    const down = () => (host.getHeader(0, name), down() + 1);
    const recurse = (argument) => {
      try {
        Promise.resolve().then(down).catch(() => host.log(2, "promise"));
        down();
      } catch {
        host.log(2, typeof argument);
      }
    };
    return {
      onConfigure(size) {
        const text = String.fromCharCode(...host.getBuffer(7, 0, size).value);
        if (text === "throw") throw new Error("bad");
        const headers = host.internHeaders([["configured", text]]);
        return { text, headers, random: Math.random(), now: Date.now() };
      },
      onRequestHeaders({ text }, count) {
        if (text === "missing") missing();
        if (text === "thing") throw { toString() { throw 1; } };
        if (text === "async") return Promise.resolve(1);
        if (text === "waits") return void Promise.resolve().then(() => console.warn("waited"));
        if (text === "recursion") return recurse(count);
        console.warn(text, 1);
      },
      onResponseHeaders({ text, headers }, count, endOfStream) {
        if (text === "recursion") return recurse(endOfStream);
        host.addHeaders(2, headers);
        return 0;
      },
      onLog(...all) {
        if (all[0].text === "recursion") recurse(all[1]);
      },
    };
  };`;

/** Opens a stream three times for a plugin with {@link FILTER} that is configured to recurse without an end. */
function expectRecursionEnds(module: Uint8Array): void {
  const lines: string[] = [];
  const plugin = { name: "test", module, configuration: Buffer.from("recursion") };
  const host = embed({ plugins: [plugin], log: ({ message }) => lines.push(message) });
  for (let times = 0; times < 3; times++) {
    const stream = host.openStream();
    stream.request(REQUEST);
    stream.respond(RESPONSE);
    stream.end();
    expect(lines.splice(0)).toEqual(["number", "promise", "boolean", "promise", "undefined", "promise"]);
  }
}

describe("a filter's module", () => {
  let module: Uint8Array;
  let component: Uint8Array;
  beforeAll(async () => {
    module = await build(FILTER);
    component = readFileSync(join(dir, "build/filter.component.wasm"));
  });

  function run(...configurations: string[]) {
    const lines: LogLine[] = [];
    const plugins = configurations.map((text, index) => ({
      name: `plugin-${index}`,
      vmId: "shared",
      module,
      configuration: Buffer.from(text),
    }));
    const host = embed({ plugins, log: (line) => lines.push(line) });
    const logged = () => lines.splice(0).map(({ level, message }) => [level, message.split("\n")[0]]);
    return { host, lines, logged };
  }

  test("exports the callbacks that the filter defines, and imports from the proxy alone", () => {
    const compiled = new WebAssembly.Module(module);
    const exports = WebAssembly.Module.exports(compiled).map(({ name }) => name);
    expect(exports.sort()).toEqual([
      "malloc",
      "memory",
      "proxy_abi_version_0_2_1",
      "proxy_on_configure",
      "proxy_on_context_create",
      "proxy_on_delete",
      "proxy_on_log",
      "proxy_on_request_headers",
      "proxy_on_response_headers",
    ]);
    const imports = WebAssembly.Module.imports(compiled).map(({ module, name }) => `${module}.${name}`);
    expect(imports.filter((name) => !/^env\.proxy_|^wasi_snapshot_preview1\.random_get$/.test(name))).toEqual([]);
  });

  test.each([
    ["missing", ["error", "onRequestHeaders: ReferenceError: missing is not defined"]],
    ["thing", ["error", "onRequestHeaders: something that can't be turned into text"]],
    ["waits", ["warn", "waited"]],
    ["fine", ["warn", "fine 1"]],
  ])("%s: what a callback throws or prints is logged, and the request goes on", (text, line) => {
    const { host, lines, logged } = run(text);
    for (let times = 0; times < 2; times++) {
      const stream = host.openStream();
      stream.request(REQUEST);
      if (text === "missing") expect(lines[0]?.message).toMatch(/\n\s+at onRequestHeaders \(/);
      expect(logged()).toEqual([line]);
      stream.respond(RESPONSE);
      expect(stream.atClient?.headers).toEqual([...RESPONSE.headers, ["configured", text]]);
      stream.end();
    }
  });

  test("what waits for promises doesn't pile up", () => {
    const { host, lines } = run("waits");
    const serve = (streams: number) => {
      for (let at = 0; at < streams; at++) {
        const stream = host.openStream();
        stream.request(REQUEST);
        stream.end();
      }
      expect(lines.splice(0).filter(({ message }) => message === "waited")).toHaveLength(streams);
      return host.plugins[0]?.memoryPages;
    };
    const pages = serve(2_000);
    expect(serve(20_000)).toBe(pages);
  });

  test("what is no action is Continue", () => {
    const { host } = run("async");
    const stream = host.openStream();
    stream.request(REQUEST);
    expect(stream.atUpstream?.headers).toEqual(REQUEST.headers);
    stream.end();
  });

  test("an exception while configuring refuses the configuration, and keeps the last good one", () => {
    const { host, logged } = run("good");
    expect(host.reconfigure("plugin-0", Buffer.from("throw"))).toBe(false);
    expect(logged()[0]).toEqual(["error", "onConfigure: Error: bad"]);
    const stream = host.openStream();
    stream.request(REQUEST);
    stream.respond(RESPONSE);
    expect(stream.atClient?.headers).toEqual([...RESPONSE.headers, ["configured", "good"]]);
    stream.end();
  });

  test("streams of several plugins in one VM, many at once and ended in any order, keep apart and leak nothing", () => {
    const { host } = run("first", "second", "third");
    const serve = (rounds: number) => {
      for (let round = 0; round < rounds; round++) {
        const streams = Array.from({ length: 200 }, () => host.openStream());
        for (const stream of streams) stream.request(REQUEST);
        streams.sort((a, b) => Number(streams.indexOf(a) % 7) - Number(streams.indexOf(b) % 7));
        for (const stream of streams) {
          stream.respond(RESPONSE);
          const values = stream.atClient?.headers.filter(([name]) => name === "configured").map(([, value]) => value);
          expect(values?.sort()).toEqual(["first", "second", "third"]);
          stream.end();
        }
      }
      return host.plugins[0]?.memoryPages;
    };
    const pages = serve(2);
    for (let times = 0; times < 50; times++) host.reconfigure("plugin-1", Buffer.from("second"));
    expect(serve(10)).toBe(pages);
  });

  test("recursion through the host's functions comes up again", () => expectRecursionEnds(module));

  test("another build in another folder gives the same component", async () => {
    const folder = mkdtempSync(join(dir, "longer-name-"));
    const file = join(folder, "filter.ts");
    writeFileSync(file, FILTER);
    const again = await componentize(file, folder);
    expect(Buffer.compare(again.component, component)).toBe(0);
  });
});

test("recursion comes up again where a filter put something else in the place of bind", async () => {
  expectRecursionEnds(await build(`Function.prototype.bind = () => () => 1; ${FILTER}`));
});

describe("a filter with a state for each stream, and an asynchronous callback", () => {
  let module: Uint8Array;
  beforeAll(async () => {
    module = await build(`
      export default (host) => ({
        onConfigure: () => ({ streams: 0 }),
        onStream: (plugin) => ({ number: ++plugin.streams, requests: 0 }),
        async onRequestHeaders(stream) { stream.requests++; await null; throw new Error("late"); },
        onLog(stream) { host.log(2, stream.number + " " + stream.requests); },
      });`);
  });

  function run() {
    const lines: LogLine[] = [];
    const host = embed({ plugins: [{ name: "test", module }], log: (line) => lines.push(line) });
    const logged = () => lines.splice(0).map(({ level, message }) => [level, message.split("\n")[0]]);
    return { host, logged };
  }

  test("an asynchronous callback is Continue, and what it throws is logged", () => {
    const { host, logged } = run();
    const stream = host.openStream();
    stream.request(REQUEST);
    expect(stream.atUpstream?.headers).toEqual(REQUEST.headers);
    expect(logged()).toEqual([["error", "onRequestHeaders: Error: late"]]);
    stream.end();
  });

  test("a filter may keep something for each stream, and hear of its end", () => {
    const { host, logged } = run();
    const streams = [host.openStream(), host.openStream()];
    for (const stream of streams) stream.request(REQUEST);
    logged();
    for (const stream of streams.reverse()) stream.end();
    expect(logged().map(([, message]) => message)).toEqual(["2 1", "1 1"]);
  });
});

describe("what a build refuses", () => {
  test.each([
    ["export default (", /filter\.ts:1:17: Unexpected end of file$/],
    ["import './nowhere.ts'; export default () => ({});", /filter\.ts:1:8: Could not resolve "\.\/nowhere\.ts"$/],
    ["export default () => ({ onConfigure() {}, onLog: 1 });", /a filter's callbacks are functions/],
    [
      "export default (host) => { host.defineMetric(0, 'm'); return { onConfigure() {} }; };",
      /proxy_define_metric called while the filter is made: it has to wait for onConfigure/,
    ],
  ])("%s", async (source, text) => {
    expect(await build(source).catch(oneLine)).toMatch(text);
  });
});
