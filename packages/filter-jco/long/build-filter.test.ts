import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { oneLine } from "@wasm-header-filter/cli";
import { embed, type LogLine } from "proxy-wasm-host";
import { beforeAll, describe, expect, test } from "vitest";
import { componentize } from "../src/componentize.ts";
import { build, buildFolder, expectRecursionEnds, FILTER, REQUEST } from "../test/filter.ts";

const dir = buildFolder();

test("two builds in folders of other names give the same component", async () => {
  const built = ["short", "longer-name-"].map(async (name) => {
    const folder = mkdtempSync(join(dir, name));
    const file = join(folder, "filter.ts");
    writeFileSync(file, FILTER);
    return (await componentize(file, folder)).component;
  });
  const [one, other] = await Promise.all(built);
  expect(Buffer.compare(one ?? Buffer.of(), other ?? Buffer.of())).toBe(0);
  expect(one?.length).toBeGreaterThan(0);
});

test("recursion comes up again where a filter put something else in the place of bind", async () => {
  expectRecursionEnds(await build(dir, `Function.prototype.bind = () => () => 1; ${FILTER}`));
});

describe("a filter with a state for each stream, and an asynchronous callback", () => {
  let module: Uint8Array;
  beforeAll(async () => {
    module = await build(
      dir,
      `
      export default (host) => ({
        onConfigure: () => ({ streams: 0 }),
        onStream: (plugin) => ({ number: ++plugin.streams, requests: 0 }),
        async onRequestHeaders(stream) { stream.requests++; await null; throw new Error("late"); },
        onLog(stream) { host.log(2, stream.number + " " + stream.requests); },
      });`,
    );
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
    expect(await build(dir, source).catch(oneLine)).toMatch(text);
  });
});
