import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compile } from "./compile.ts";
import { TestHost } from "./test-host.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

let binary: Uint8Array<ArrayBuffer>;
let host: TestHost;

beforeAll(async () => {
  binary = new Uint8Array(await compile(join(import.meta.dirname, "../probes/all")));
});

beforeEach(() => {
  host = new TestHost(binary);
});

test("shared data is written only over what was read", () => {
  host.answers.proxy_get_shared_data = (to) => {
    to.bytes(bytes("12"));
    to.number(5);
    return 0;
  };
  host.answers.proxy_set_shared_data = (_, __, ___, cas) => (cas === 5 ? 8 : 0);
  expect(host.run("share")).toEqual([
    ["proxy_get_shared_data", "x-name"],
    ["proxy_set_shared_data", "x-name", "3", 5],
  ]);
  expect(host.exports.share?.()).toBe(8);
});

test("queues", () => {
  host.answers.proxy_resolve_shared_queue = (to) => {
    to.number(3);
    return 0;
  };
  expect(host.run("queue")).toEqual([
    ["proxy_register_shared_queue", "x-name"],
    ["proxy_resolve_shared_queue", "x-name", "x-name"],
    ["proxy_enqueue_shared_queue", 3, "item"],
    ["proxy_dequeue_shared_queue", 3],
  ]);
});

test("timer and clock", () => {
  host.answers.proxy_get_current_time_nanoseconds = (to) => {
    to.number(5);
    return 0;
  };
  expect(host.exports.time?.()).toBe(5n);
  expect(host.calls).toEqual([["proxy_set_tick_period_milliseconds", 250], ["proxy_get_current_time_nanoseconds"]]);
});

test("gRPC calls and streams", () => {
  host.answers.proxy_grpc_call = (to) => {
    to.number(3);
    return 0;
  };
  host.answers.proxy_get_status = (to) => {
    to.number(5);
    to.bytes(bytes("nobody"));
    return 0;
  };
  const metadata = "\x01\0\0\0\x07\0\0\0\x03\0\0\0:method\0GET\0";
  expect(host.run("grpc")).toEqual([
    ["proxy_grpc_call", "x-name", "x-name", "x-name", metadata, "question", 250],
    ["proxy_grpc_stream", "x-name", "x-name", "x-name", metadata],
    ["proxy_grpc_send", 3, "more", 0],
    ["proxy_grpc_send", 3, "last", 1],
    ["proxy_grpc_close", 3],
    ["proxy_grpc_cancel", 3],
    ["proxy_get_status"],
    ["proxy_log", 2, "5 nobody"],
  ]);
});

test("foreign functions", () => {
  host.answers.proxy_call_foreign_function = (to) => {
    to.bytes(bytes("result"));
    return 0;
  };
  expect(host.run("foreign")).toEqual([
    ["proxy_call_foreign_function", "x-name", "arguments"],
    ["proxy_log", 2, "result"],
  ]);
  host.answers.proxy_call_foreign_function = () => 1;
  expect([host.exports.foreign?.(), host.calls.at(-1)]).toEqual([1, ["proxy_log", 2, ""]]);
});

describe("random bytes", () => {
  test("come, in memory that is used again", () => {
    host.answers.random_get = (to, size) => {
      to.raw(new Uint8Array(Number(size)).fill(0x61));
      return 0;
    };
    host.run("random");
    const { pages } = host;
    for (let i = 0; i < 100; i++) host.run("random");
    expect(host.calls).toEqual([
      ["random_get", 70_000],
      ["proxy_add_header_map_value", 0, "x-name", "a".repeat(70_000)],
    ]);
    expect(host.pages).toBe(pages);
  });

  test("or don't", () => {
    host.answers.random_get = () => 28;
    expect([host.exports.random?.(), host.calls.at(-1)]).toEqual([28, ["proxy_add_header_map_value", 0, "x-name", ""]]);
  });
});

test("a clock that a host may lack", () => {
  host.answers.clock_time_get = (to, clock) => {
    to.number(clock === 1 ? 7 : 0);
    return 0;
  };
  expect(host.exports.monotonic?.()).toBe(7n);
  host.answers.clock_time_get = () => 58;
  expect(host.exports.monotonic?.()).toBe(0n);
});

test.each<[what: string, variables: string[], status: number, value: string]>([
  ["is found among others", ["a=1", "x-name=value", "z="], 0, "value"],
  ["may be empty", ["x-name="], 0, ""],
  ["is not one that begins alike", ["x-names=1", "x-nam=2", "x-name"], 1, ""],
  ["may not be there", [], 1, ""],
])("an environment variable %s", (_, variables, status, value) => {
  const texts = bytes(variables.map((text) => `${text}\0`).join(""));
  host.answers.environ_sizes_get = (to) => {
    to.number(variables.length);
    to.number(texts.length, 1);
    return 0;
  };
  host.answers.environ_get = (to) => {
    let at = to.raw(texts, 1);
    const pointers = variables.map((text) => {
      at += text.length + 1;
      return at - text.length - 1;
    });
    to.raw(new Uint8Array(new Uint32Array(pointers).buffer));
    return 0;
  };
  expect([host.exports.variable?.(), host.calls.at(-1)]).toEqual([status, ["proxy_log", 2, value]]);
});
