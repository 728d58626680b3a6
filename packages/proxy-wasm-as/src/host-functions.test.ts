import { describe, expect, test } from "vitest";
import { header, Probe, type ProbeOptions } from "./fixtures/probe.ts";

/** What one use did in a VM of its own. */
const run = (use: string, options: ProbeOptions = {}, value?: string) => new Probe(options).run(use, value);

const HEADERS = [
  [":method", "GET"],
  [":path", "/"],
  [":authority", "h"],
];
/** Nothing listens there; the calls are cancelled before they get that far. */
const CLUSTERS = { "x-name": new URL("http://127.0.0.1:9") };
/** The first tokens that the engine gives to a gRPC call and to a stream. */
const CALL = 5;
const STREAM = 6;

test("shared data is written only over what was read", () => {
  const probe = new Probe();
  const calls = (length: string, cas: number) => [
    ["proxy_get_shared_data", "x-name"],
    ["proxy_set_shared_data", "x-name", length, cas],
  ];
  expect(probe.run("share")).toMatchObject({ returned: 0, calls: calls("1", 0) });
  expect(probe.run("share")).toMatchObject({ returned: 0, calls: calls("2", 1) });
  expect(run("share", { faults: { proxy_set_shared_data: 8 } }).returned).toBe(8);
});

test("queues", () => {
  expect(run("queue", { vmId: "x-name" }).calls).toEqual([
    ["proxy_register_shared_queue", "x-name"],
    ["proxy_resolve_shared_queue", "x-name", "x-name"],
    ["proxy_enqueue_shared_queue", 1, "item"],
    ["proxy_dequeue_shared_queue", 1],
    ["proxy_log", "info", "item"],
  ]);
});

test("timer and clock", () => {
  const probe = new Probe();
  const before = Date.now();
  const { calls, returned = 0 } = probe.run("time");
  probe.host.close();
  expect(calls).toEqual([["proxy_set_tick_period_milliseconds", 250], ["proxy_get_current_time_nanoseconds"]]);
  // A double holds the nanoseconds to 256 of them, so that the last of a millisecond may be the next one.
  const milliseconds = Math.floor(returned / 1e6);
  expect(milliseconds).toBeGreaterThanOrEqual(before);
  expect(milliseconds).toBeLessThanOrEqual(Date.now() + 1);
});

test("HTTP calls", () => {
  const probe = new Probe({ clusters: CLUSTERS });
  expect(probe.run("call 7")).toMatchObject({
    returned: 0,
    calls: [["proxy_http_call", "x-name", HEADERS, "question", HEADERS, 250]],
  });
  probe.host.close();
  expect(run("call 7").returned).toBe(2);
});

test("gRPC calls and streams", () => {
  const probe = new Probe({ clusters: CLUSTERS });
  expect(probe.run("grpc")).toMatchObject({
    returned: 0,
    calls: [
      ["proxy_grpc_call", "x-name", "x-name", "x-name", HEADERS, "question", 250],
      ["proxy_grpc_stream", "x-name", "x-name", "x-name", HEADERS],
      ["proxy_grpc_send", STREAM, "more", 0],
      ["proxy_grpc_send", STREAM, "last", 1],
      ["proxy_grpc_close", STREAM],
      ["proxy_grpc_cancel", CALL],
    ],
  });
  probe.host.close();
});

test("a gRPC call's status and message", () => {
  expect(run("grpcToNobody")).toMatchObject({ returned: 10, log: ["14 Cluster not available"] });
});

test("foreign functions", () => {
  const { returned, calls, log } = run("foreign", {}, "arguments");
  expect({ returned, log }).toEqual({ returned: 0, log: ["arguments"] });
  expect(calls[1]).toEqual(["proxy_call_foreign_function", "compress", "arguments"]);
  const faults = { proxy_call_foreign_function: 1 };
  expect(run("foreign", { faults }, "arguments")).toMatchObject({ returned: 1, log: [""] });
});

describe("random bytes", () => {
  test("come, in memory that is used again", () => {
    const probe = new Probe();
    expect(probe.run("random 60000").returned).toBe(0);
    const { pages } = probe;
    const seen = new Set(Array.from({ length: 100 }, () => header(probe.run("random 60000").stream, "x-name")));
    expect(seen.size).toBe(100);
    for (const bytes of seen) expect(bytes).toHaveLength(60_000);
    expect(probe.pages).toBe(pages);
  });

  test("are refused when there are too many", () => {
    const { returned, stream } = run("random 70000");
    expect([returned, header(stream, "x-name")]).toEqual([28, ""]);
  });
});

test("a clock that a host may lack", () => {
  const probe = new Probe();
  const { returned: first = 0 } = probe.run("monotonic");
  expect(first).toBeGreaterThan(0);
  expect(probe.run("monotonic").returned).toBeGreaterThanOrEqual(first);
  expect(run("monotonic", { faults: { clock_time_get: 58 } }).returned).toBe(0);
});

test.each<[what: string, environment: Record<string, string>, status: number, value: string]>([
  ["is found among others", { a: "1", "x-name": "value", z: "" }, 0, "value"],
  ["may be empty", { "x-name": "" }, 0, ""],
  ["is not one that begins alike", { "x-names": "1", "x-nam": "2" }, 1, ""],
  ["may not be there", {}, 1, ""],
])("an environment variable %s", (_, environment, status, value) => {
  expect(run("variable", { environment })).toMatchObject({ returned: status, log: [value] });
});
