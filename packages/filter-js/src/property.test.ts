import { expect, expectTypeOf, test } from "vitest";
import { BufferType, MapType } from "./host.ts";
import { HostError, headersOf, orThrow } from "./host-error.ts";
import { property } from "./property.ts";
import { readJson } from "./read-json.ts";
import { Status } from "./status.ts";
import { fakeHost } from "./testing.ts";

const text = (value: string) => new TextEncoder().encode(value);

test("properties have the types of their names", () => {
  const host = fakeHost({
    properties: {
      "source.address": text("127.0.0.1:1"),
      "source.port": Uint8Array.of(0x90, 0x1f, 0, 0, 0, 0, 0, 0),
      "response.grpc_status": Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255),
      "request.duration": Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0),
      "connection.mtls": Uint8Array.of(1),
      "request.size": Uint8Array.of(1),
    },
  });
  expect(property(host, "source.address")).toEqual({ status: Status.Ok, value: "127.0.0.1:1" });
  expect(property(host, "source.port")).toEqual({ status: Status.Ok, value: 8080 });
  expect(property(host, "response.grpc_status").value).toBe(-1);
  expect(property(host, "request.duration").value).toBe(4294967297n);
  expect(property(host, "connection.mtls").value).toBe(true);
  expect(property(host, "request.size")).toEqual({ status: Status.ParseFailure });
  expect(property(host, "request.path")).toEqual({ status: Status.NotFound });
  expectTypeOf(property(host, "source.address").value).toEqualTypeOf<string | undefined>();
  expectTypeOf(property(host, "source.port").value).toEqualTypeOf<number | undefined>();
  // @ts-expect-error: the name of no property
  expect(property(host, "source.adress")).toEqual({ status: Status.NotFound });
});

test("headers are iterated, and an error has the name of its status", () => {
  const host = fakeHost({
    headers: {
      [MapType.RequestHeaders]: [
        ["a", "1"],
        ["b", "2"],
      ],
    },
  });
  expect([...headersOf(host, MapType.RequestHeaders)]).toEqual([
    ["a", "1"],
    ["b", "2"],
  ]);
  host.faults.getHeaders = Status.BadArgument;
  expect(() => headersOf(host, MapType.RequestHeaders)).toThrow(new HostError("getHeaders", Status.BadArgument));
  expect(() => orThrow("getProperty", host.getProperty(["a"]))).toThrow("getProperty: NOT_FOUND");
});

test.each([
  ['{"a":1}', { value: { a: 1 } }],
  ["", { error: "the configuration is empty: expected JSON" }],
  ["{", { error: expect.stringMatching(/^the configuration is not valid JSON: ./) }],
])("the configuration %s is read", (configuration, expected) => {
  const bytes = text(configuration);
  const host = fakeHost({ buffers: { [BufferType.PluginConfiguration]: bytes } });
  expect(readJson(host, bytes.length)).toEqual(expected);
});

test("a configuration that can't be read says why", () => {
  const host = fakeHost({ buffers: { [BufferType.PluginConfiguration]: Uint8Array.of(255) } });
  expect(readJson(host, 1)).toEqual({ error: "the configuration is not valid UTF-8" });
  host.faults.getBuffer = Status.NotFound;
  expect(readJson(host, 1)).toEqual({ error: "the configuration could not be read: NOT_FOUND" });
});
