import { expect, test } from "vitest";
import { embed } from "../embedded.ts";
import { REQUEST, RESPONSE } from "../fixtures/streams.ts";
import { filter, on } from "../fixtures/wat.ts";
import type { LogLine } from "../vm/log-line.ts";

const CONFIGURE = (returns: number) =>
  `(func (export "proxy_on_configure") (param i32 i32) (result i32) (i32.const ${returns}))`;

/** Adds a response header; says when its root context ends. */
const adds = (name: string, configured = 1) =>
  filter(`${CONFIGURE(configured)}
    ${on("proxy_on_response_headers", `(drop (call $proxy_add_header_map_value (i32.const 2) "${name}"* "1"*))`)}
    (func (export "proxy_on_delete") (param $context i32) (if (i32.eq (local.get $context) (i32.const 1)) (then (say "root gone"))))`);

function chain() {
  const log: LogLine[] = [];
  const runtime = embed({ plugins: [], log: (line) => log.push(line) });
  const open = () => {
    const stream = runtime.openStream();
    stream.request({ headers: REQUEST });
    return {
      /** The status, and the names of the headers that filters have added. */
      end() {
        if (stream.atUpstream) stream.respond({ headers: RESPONSE });
        const [[, status] = [], ...headers] = stream.atClient?.headers ?? [];
        const added = headers.map(([name]) => name).filter((name) => name.startsWith("x-"));
        stream.end();
        return [status, ...added];
      },
    };
  };
  return { runtime, open, said: () => log.splice(0).map(({ plugin, message }) => `${plugin}: ${message}`) };
}

test("a chain changes under streams that are under way", () => {
  const { runtime, open, said } = chain();
  runtime.use([
    { name: "a", module: adds("x-a") },
    { name: "b", module: adds("x-b") },
  ]);
  const before = open();
  runtime.use([
    { name: "b", module: adds("x-c") },
    { name: "d", module: adds("x-d") },
  ]);
  expect(open().end()).toEqual(["200", "x-d", "x-c"]);
  expect(said()).toEqual([]);
  expect(before.end()).toEqual(["200", "x-b", "x-a"]);
  expect(said().sort()).toEqual(["a: root gone", "b: root gone"]);
  runtime.use([]);
  expect(open().end()).toEqual(["200"]);
});

test("a VM lives as long as it has a plugin", () => {
  const { runtime, said } = chain();
  const module = filter(`(global $before (mut i32) (i32.const 0))
    (func (export "proxy_on_configure") (param i32 i32) (result i32)
      (if (global.get $before) (then (say "again"))) (global.set $before (i32.const 1)) (i32.const 1))`);
  runtime.use([{ name: "a", module }]);
  runtime.use([{ name: "a", module, configuration: Buffer.from("x") }]);
  expect(said()).toEqual(["a: again"]);
  runtime.use([]);
  runtime.use([{ name: "a", module }]);
  expect(said()).toEqual([]);
});

test("a module that refuses leaves the last good one in place", () => {
  const { runtime, open, said } = chain();
  runtime.use([{ name: "a", module: adds("x-a") }]);
  runtime.use([{ name: "a", module: adds("x-b", 0) }]);
  expect(said().at(-1)).toBe(
    "a: the module refused its configuration: proxy_on_configure returned false; the last good configuration stays",
  );
  expect(runtime.plugins.map(({ state }) => state)).toEqual(["running"]);
  expect(open().end()).toEqual(["200", "x-a"]);
});

test.each([
  ["deny", ["403"], "every request gets 403"],
  ["pass", ["200"], "requests pass without it"],
  ["refuse", ["200", "x-a"], "the last good module stays"],
] as const)("a module that is no longer available: %s", (requests, answer, then) => {
  const { runtime, open, said } = chain();
  runtime.use([{ name: "a", module: adds("x-a") }]);
  runtime.use([{ name: "a", unavailable: "no module", requests }]);
  expect(open().end()).toEqual(answer);
  expect(said().filter((line) => !line.endsWith("root gone"))).toEqual([`a: no module; ${then}`]);
  runtime.use([{ name: "a", module: adds("x-b") }]);
  expect(open().end()).toEqual(["200", "x-b"]);
});
