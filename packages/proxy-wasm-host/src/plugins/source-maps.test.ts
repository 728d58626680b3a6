import { expect, test } from "vitest";
import { utf8 } from "../abi/bytes.ts";
import { filters } from "../fixtures/streams.ts";
import { filter, on } from "../fixtures/wat.ts";
import { standardPlatform } from "../platform/standard-platform.ts";

/** Reads maps that are `FROM TO`, and counts them. */
function mapping() {
  const read: string[] = [];
  const sourceMap = (map: Uint8Array) => {
    const [from, to] = utf8(map).split(" ");
    read.push(utf8(map));
    if (from === undefined || to === undefined) throw new Error("two words expected");
    return (text: string) => text.replaceAll(from, to);
  };
  return { read, host: { platform: { ...standardPlatform, sourceMap } } };
}

const bytes = (text: string) => new TextEncoder().encode(text);
const SAYS = filter(`${on("proxy_on_request_headers", '(say "Error at a.js:1:1") (say "\\ff a.js:1:1") (say "\\ff")')}
  ${on("proxy_on_response_headers", "nop nop unreachable")}`);

/** Where a module traps, as a stack names it. */
const offset = SAYS.findLastIndex((byte, at) => byte === 0 && SAYS[at - 1] === 1 && SAYS[at - 2] === 1);

test("a filter's lines have positions in its sources, and the map is read once", () => {
  const { read, host } = mapping();
  const { lines, pass } = filters(SAYS, { sourceMap: bytes("a.js:1:1 a.ts:12:7") }, host);
  pass();
  expect(lines()).toEqual(["Error at a.ts:12:7", "\ufffd a.ts:12:7", "\ufffd"]);
  expect(read).toHaveLength(1);
});

test("a trap names the place in the module's file, whose memory has no maximum", () => {
  const frame = `wasm-function[4]:0x${offset.toString(16)}`;
  const { plugin, host, pass } = filters(SAYS, { sourceMap: bytes(`${frame} a.ts:12:7`) }, mapping().host);
  pass();
  const trapped = "proxy_on_response_headers trapped: unreachable, at a.ts:12:7";
  expect([host(), plugin.error]).toEqual([[`${trapped}; every request gets 503`], trapped]);
});

test("a map without the place of a trap, or a platform that reads none, changes nothing", () => {
  for (const platform of [mapping().host, {}]) {
    const { host, lines, pass } = filters(SAYS, { sourceMap: bytes("other one") }, platform);
    pass();
    expect(host()).toEqual(["proxy_on_response_headers trapped: unreachable; every request gets 503"]);
    expect(lines()).toEqual(["Error at a.js:1:1", "\ufffd a.js:1:1", "\ufffd"]);
  }
});

test("what is no map is one line of the log, and the filter runs without it", () => {
  const { read, host } = mapping();
  const { runtime, plugin, lines, host: logged } = filters(SAYS, { sourceMap: bytes("none") }, host);
  runtime.openStream().request({ headers: [] });
  const [line] = logged();
  expect(line).toBe("its source map is not used, expected the one that its build has written: two words expected");
  expect([logged().length, read.length, plugin.state, lines()[0]]).toEqual([1, 1, "running", "Error at a.js:1:1"]);
});

test("another map for the same module takes effect without another VM", () => {
  const { runtime, plugin, lines, pass } = filters(SAYS, { sourceMap: bytes("a.js a.ts") }, mapping().host);
  const options = { name: "p", module: SAYS, sourceMap: bytes("a.js b.ts") };
  runtime.openStream().request({ headers: [] });
  runtime.use([options]);
  pass();
  expect([lines()[0], lines()[3], plugin.state]).toEqual(["Error at a.ts:1:1", "Error at b.ts:1:1", "failed"]);
});
