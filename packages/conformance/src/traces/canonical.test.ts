import { isUtf8 } from "node:buffer";
import type { TraceEvent } from "@wasm-header-filter/filter-host";
import { expect, test } from "vitest";
import { canonicalTrace } from "./canonical.ts";

type Part = Pick<TraceEvent, "kind" | "phase" | "name"> & Partial<TraceEvent>;

function linesOf(events: readonly Part[], byContext = false, generated: readonly RegExp[] = []): string[] {
  const trace = canonicalTrace(generated);
  for (const event of events) trace.take({ plugin: "filter", context: 2, args: {}, ...event });
  return trace.lines(byContext);
}
const call = (name: string, more: Partial<TraceEvent> = {}): Part[] => [
  { kind: "call", phase: "enter", name, ...more },
  { kind: "call", phase: "leave", name, result: "OK", ...more },
];

test("a call says where it was made, with what, and what came of it", () => {
  const more = { args: { key: "hello", bytes: new Uint8Array([255]), size: 3n }, results: { value: "x" } };
  const within = [
    { kind: "callback", phase: "enter", name: "proxy_on_log" } as const,
    { kind: "callback", phase: "enter", name: "malloc" } as const,
    ...call("fd_write"),
    ...call("proxy_get", more),
    { kind: "callback", phase: "leave", name: "proxy_on_log" } as const,
    ...call("proxy_late"),
  ];
  expect(linesOf(within)).toEqual([
    'filter #2 proxy_on_log: proxy_get(key="hello", bytes=0xff, size=3) -> OK value="x"',
    "filter #2 start: proxy_late() -> OK",
  ]);
});

test("who announces makes no difference, a byte within a long text does", () => {
  const announce = (name: string) =>
    linesOf(call("proxy_log", { args: { m: `header filter ${name}: adding 1 response headers` } }));
  expect(announce("as 0.1.0")).toEqual(announce("javy 0.2.0"));
  const long = (end: string) => linesOf(call("proxy_log", { args: { m: "x".repeat(1000) + end } }));
  expect(long("a")).not.toEqual(long("b"));
});

test("streams that run at the same time are told one after the other", () => {
  const mixed = [2, 3, 2].flatMap((context, at) => call(`proxy_${at}`, { context }));
  expect(linesOf(mixed, true).map((line) => line.slice(0, 24))).toEqual([
    "filter #2 start: proxy_0",
    "filter #2 start: proxy_2",
    "filter #3 start: proxy_1",
  ]);
});

test("what a pattern of the case finds makes no difference, the rest does", () => {
  const traced = (id: string, rest: string) =>
    linesOf(
      call("proxy_set", { args: { text: `id ${id}${rest}`, bytes: Buffer.from(id), list: [["h", id]] } }),
      false,
      [/[0-9a-f]{4}/u],
    );
  expect(traced("12ef", "")).toEqual(traced("0000", ""));
  expect(traced("12ef", "x")).not.toEqual(traced("12ef", ""));
});

test("the client's port in a protobuf message makes no difference, whether its bytes are UTF-8 or not", () => {
  const varint = (port: number) => [(port & 127) | 128, ((port >> 7) & 127) | 128, port >> 14];
  const traced = (port: number) => {
    const bytes = Buffer.from([...Buffer.from("127.0.0.1"), 0x18, ...varint(port), 0x22, 0x01, 0x61]);
    const message = isUtf8(bytes) ? bytes.toString() : new Uint8Array(bytes);
    return linesOf(call("proxy_grpc_call", { args: { message } }))[0];
  };
  const different = new Set(Array.from({ length: 60_999 - 32_767 }, (_, at) => traced(at + 32_768)));
  expect([...different]).toHaveLength(1);
});
