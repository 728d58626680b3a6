import { expect, test } from "vitest";
import { Action } from "./filter.ts";
import { headerFilter } from "./header-filter.ts";
import { BufferType, LogLevel, MapType } from "./host.ts";
import { Status } from "./status.ts";
import { type FakeHostOptions, fakeHost } from "./testing.ts";

function configured(configuration: string, options: FakeHostOptions = {}) {
  const bytes = new TextEncoder().encode(configuration);
  const host = fakeHost({ ...options, buffers: { [BufferType.PluginConfiguration]: bytes } });
  const filter = headerFilter("test", "1.2.3")(host);
  const plugin = filter.onConfigure(bytes.length, undefined);
  return { host, filter, plugin };
}

test("announces itself, and adds the headers to a response", () => {
  const { host, filter, plugin } = configured('{"b":"2","a":["1","3"]}');
  expect(host.logged).toEqual([
    { level: LogLevel.Info, message: "header filter test 1.2.3: adding 3 response headers" },
  ]);
  if (!plugin) throw new Error("refused");
  expect(filter.onResponseHeaders?.(plugin, 0, false)).toBe(Action.Continue);
  expect(host.headers[MapType.ResponseHeaders]).toEqual([
    ["a", "1"],
    ["a", "3"],
    ["b", "2"],
  ]);
});

test("counts the requests that bear hello, once each", () => {
  const { host, filter, plugin } = configured("");
  if (!plugin) throw new Error("refused");
  expect(host.metrics).toEqual([{ name: "hello_header_counter", type: 0, value: 0 }]);
  filter.onRequestHeaders?.(plugin, 0, true);
  host.headers[MapType.RequestHeaders] = [
    ["hello", ""],
    ["hello", "x"],
  ];
  filter.onRequestHeaders?.(plugin, 2, true);
  expect(host.metrics[0]?.value).toBe(1);
  expect(host.calls).toEqual(["defineMetric", "log", "hasHeader", "hasHeader", "incrementMetric"]);
});

test("refuses with one line, before the metric is defined", () => {
  const { host, plugin } = configured("[]");
  expect(plugin).toBeUndefined();
  expect(host.metrics).toEqual([]);
  const message = "header filter: configuration refused: expected a JSON object, got array";
  expect(host.logged).toEqual([{ level: LogLevel.Error, message }]);
});

test.each([
  ["getBuffer", "proxy_get_buffer_bytes"],
  ["defineMetric", "proxy_define_metric"],
] as const)("refuses when %s fails", (name, callee) => {
  const { host, plugin } = configured("{}", { faults: { [name]: Status.InternalFailure } });
  expect(plugin).toBeUndefined();
  expect(host.logged).toEqual([
    { level: LogLevel.Error, message: `header filter: ${callee} failed: INTERNAL_FAILURE` },
  ]);
});

test("warns once of each function that fails while serving, over a new configuration too", () => {
  const { host, filter, plugin } = configured('{"a":"1"}');
  if (!plugin) throw new Error("refused");
  host.faults.hasHeader = Status.BadArgument;
  host.faults.addHeaders = 77 as Status;
  host.logged.length = 0;
  for (const current of [plugin, filter.onConfigure(0, plugin) ?? plugin]) {
    filter.onRequestHeaders?.(current, 0, true);
    filter.onResponseHeaders?.(current, 0, true);
  }
  expect(host.logged.filter(({ level }) => level === LogLevel.Warn).map(({ message }) => message)).toEqual([
    "header filter: proxy_get_header_map_value failed: BAD_ARGUMENT",
    "header filter: proxy_add_header_map_value failed: 77",
  ]);
});
