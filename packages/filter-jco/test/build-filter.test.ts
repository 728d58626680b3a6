import { embed, type LogLine } from "proxy-wasm-host";
import { beforeAll, describe, expect, test } from "vitest";
import { comparisons } from "../../filter-js/test/comparisons.ts";
import { build, buildFolder, expectRecursionEnds, FILTER, REQUEST, RESPONSE } from "./filter.ts";

const dir = buildFolder();

describe("a filter's module", () => {
  let module: Uint8Array;
  beforeAll(async () => {
    module = await build(dir, FILTER);
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

  test("text that looks like a comment is text", () => {
    const { host, lines } = run("page");
    host.openStream().request(REQUEST);
    expect(lines.map(({ message }) => message)).toEqual(["first\n// second\n/* third */\nlast", "page 1"]);
  });

  test("a BigInt is compared with a number as the README says", () => {
    const { host, lines } = run("comparisons");
    host.openStream().request(REQUEST);
    expect(lines.map(({ message }) => message)).toEqual(comparisons(true));
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
});
