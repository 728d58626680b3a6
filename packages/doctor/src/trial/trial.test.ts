import { examine } from "proxy-wasm-host";
import { assemble, filter, on, pairs } from "proxy-wasm-host/testing";
import { describe, expect, test } from "vitest";
import { TRIAL_RULES } from "../rules/trial-rules.ts";
import { inspectAndTry, type TrialOptions } from "./trial.ts";

/** More than a busy machine needs. */
const UNLIMITED = 600_000;
const FOREVER = "(loop $again (br $again))";
const BASE = '(memory (export "memory") 1) (func (export "proxy_abi_version_0_2_1"))';
const MALLOC = '(func (export "malloc") (param i32) (result i32) (i32.const 1024))';
const HEADERS = pairs([":method", "GET"], [":path", "/"], [":authority", "a"]);
const CALL = `(drop (call $proxy_http_call "service"* "${HEADERS}"* (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16)))`;
const GRPC = `(drop (call $proxy_grpc_call "service"* "s"* "m"* (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16)))`;
const QUEUE = `(drop (call $proxy_register_shared_queue "q"* (i32.const 16)))`;
const ENQUEUE = `(drop (call $proxy_enqueue_shared_queue (i32.load (i32.const 16)) "x"*))`;
const VALUE = `(drop (call $proxy_get_header_map_value (i32.const 0) ":path"* (i32.const 16) (i32.const 20)))`;

/** Repeats code. */
const times = (count: number, code: string) =>
  `(local $count i32) (loop $again ${code}
     (local.set $count (i32.add (local.get $count) (i32.const 1)))
     (br_if $again (i32.lt_u (local.get $count) (i32.const ${count}))))`;

async function tried(module: Uint8Array, options?: TrialOptions) {
  const { inspected, trial } = await inspectAndTry(module, new Uint8Array(), options);
  const findings = trial
    ? examine(TRIAL_RULES, { trial, configuredBy: "nothing", configured: true })
    : (inspected?.findings ?? []);
  return { trial, rules: findings.map(({ rule }) => rule), what: findings.map(({ what }) => what).join("\n") };
}

test.each([
  ["the start function", assemble(`(module ${BASE} ${MALLOC} (func $s ${FOREVER}) (start $s))`)],
  ["_initialize", filter(`(func (export "_initialize") ${FOREVER})`)],
  ["_start", filter(`(func (export "_start") ${FOREVER})`)],
  [
    "main",
    filter(
      `(func (export "_initialize")) (func (export "main") (param i32 i32) (result i32) ${FOREVER} (i32.const 0))`,
    ),
  ],
  ["proxy_on_vm_start", filter(on("proxy_on_vm_start", FOREVER))],
  ["proxy_on_configure", filter(on("proxy_on_configure", FOREVER))],
  ["proxy_on_context_create", filter(on("proxy_on_context_create", FOREVER))],
  ["proxy_on_context_create", filter(on("proxy_on_context_create", `(if (local.get $parent) (then ${FOREVER}))`))],
  [
    "proxy_on_tick",
    filter(
      on(
        "proxy_on_configure",
        "(drop (call $proxy_set_tick_period_milliseconds (i32.const 3600000)))",
        "(i32.const 1)",
      ) + on("proxy_on_tick", FOREVER),
    ),
  ],
  [
    "proxy_on_queue_ready",
    filter(on("proxy_on_configure", QUEUE + ENQUEUE, "(i32.const 1)") + on("proxy_on_queue_ready", FOREVER)),
  ],
  [
    "proxy_on_http_call_response",
    filter(on("proxy_on_request_headers", CALL, "(i32.const 1)") + on("proxy_on_http_call_response", FOREVER)),
  ],
  [
    "proxy_on_grpc_close",
    filter(on("proxy_on_request_headers", GRPC, "(i32.const 1)") + on("proxy_on_grpc_close", FOREVER)),
  ],
  ["proxy_on_request_headers", filter(on("proxy_on_request_headers", FOREVER))],
  ["proxy_on_response_headers", filter(on("proxy_on_response_headers", FOREVER))],
  ["proxy_on_response_body", filter(on("proxy_on_response_body", FOREVER))],
  ["proxy_on_log", filter(on("proxy_on_log", FOREVER))],
  ["proxy_on_delete", filter(on("proxy_on_delete", FOREVER))],
  // The allocator runs inside of the callback.
  ["proxy_on_request_headers", filter(on("proxy_on_request_headers", VALUE), `${FOREVER} (i32.const 1)`)],
  ["proxy_on_configure", filter(on("proxy_on_configure", `(loop $again (say "on and on") (br $again))`))],
])("%s that does not return ends the trial", async (step, module) => {
  const { rules, what } = await tried(module, { limits: { step: 100, stepByClock: UNLIMITED } });
  expect(rules).toContain("trial-endless");
  expect(what).toContain(`${step} did not return within 0.1 s`);
});

describe("a flood", () => {
  test.each([
    ["proxy_log", '(say "again")'],
    ["proxy_add_header_map_value", '(drop (call $proxy_add_header_map_value (i32.const 0) "a"* "b"*))'],
    [
      "proxy_define_metric",
      "(drop (call $proxy_define_metric (i32.const 0) (i32.const 0) (local.get $count) (i32.const 16)))",
    ],
    [
      "proxy_set_shared_data",
      '(drop (call $proxy_set_shared_data (i32.const 0) (local.get $count) "value"* (i32.const 0)))',
    ],
    [
      "proxy_register_shared_queue",
      "(drop (call $proxy_register_shared_queue (i32.const 0) (local.get $count) (i32.const 16)))",
    ],
    ["proxy_http_call", CALL],
  ])("of %s is counted, and a part of it is kept", async (name, code) => {
    const { trial, rules, what } = await tried(filter(on("proxy_on_request_headers", times(3000, code))));
    expect(trial?.state).toBe("running");
    expect(rules).toContain("trial-flood");
    expect(what).toContain(`called ${name} 3,000 times`);
    expect(trial?.log.length).toBeLessThanOrEqual(100);
    expect(trial?.uses.length).toBeLessThanOrEqual(100);
    const [request] = trial?.requests ?? [];
    expect([request?.calls.length, request?.leftOut?.calls]).toEqual([1000, 2000]);
  });

  test("of queue items that make more items comes to an end", async () => {
    const module = filter(
      on("proxy_on_configure", QUEUE + ENQUEUE, "(i32.const 1)") + on("proxy_on_queue_ready", ENQUEUE + ENQUEUE),
    );
    expect((await tried(module)).trial?.state).toBe("running");
  });

  test("that fills the memory ends the trial", async () => {
    const set =
      "(drop (call $proxy_set_shared_data (i32.const 0) (local.get $count) (i32.const 0) (i32.const 100000) (i32.const 0)))";
    const { rules, what } = await tried(filter(on("proxy_on_configure", times(1_000_000, set))), {
      limits: { kept: 64 * 1024 * 1024, stepByClock: UNLIMITED },
    });
    expect(rules).toContain("trial-memory");
    expect(what).toMatch(/^proxy_on_configure made the host keep .* MB; it called proxy_set_shared_data /);
  });

  test("that fills the heap before anything is checked ends the trial", async () => {
    const set = "(drop (call $proxy_define_metric (i32.const 0) (i32.const 0) (local.get $count) (i32.const 16)))";
    const { rules } = await tried(filter(on("proxy_on_configure", times(1_000_000, set))), {
      limits: { kept: 1e6, stepByClock: UNLIMITED },
    });
    expect(rules).toContain("trial-memory");
  });
});

test("the process that has tried a hostile module tries the next one, or another does", async () => {
  const endless = filter(on("proxy_on_configure", FOREVER));
  const [one, other, third] = await Promise.all([
    tried(endless, { limits: { step: 100, stepByClock: UNLIMITED } }),
    tried(filter("")),
    tried(filter("")),
  ]);
  expect([one.trial?.state, other.trial?.state, third.trial?.state]).toEqual(["unfinished", "running", "running"]);
});

/** The callbacks that a module with these got, by what the trial did. */
async function callbacks(...names: readonly string[]): Promise<Record<string, readonly string[]>> {
  const { trial } = await tried(filter(names.map((name) => on(name, "")).join("")));
  const own = (entries: readonly string[]) => entries.filter((name) => names.includes(name));
  return Object.fromEntries((trial?.requests ?? []).map(({ name, entries }) => [name, own(entries)]));
}

test("a module that looks at bodies gets one", async () => {
  const [headers, body] = ["proxy_on_request_headers", "proxy_on_request_body"];
  expect(await callbacks(headers)).toEqual({ "without hello": [headers], "with hello": [headers] });
  expect(await callbacks(headers, body)).toEqual({
    "without hello": [headers],
    "with hello": [headers],
    "with a body": [headers, body, body],
  });
});

test("a filter of TCP connections gets a connection, with data in both directions", async () => {
  expect(
    await callbacks(
      "proxy_on_new_connection",
      "proxy_on_downstream_data",
      "proxy_on_upstream_data",
      "proxy_on_downstream_connection_close",
      "proxy_on_upstream_connection_close",
      "proxy_on_log",
    ),
  ).toEqual({
    "a connection": [
      "proxy_on_new_connection",
      "proxy_on_downstream_data",
      "proxy_on_upstream_data",
      "proxy_on_downstream_data",
      "proxy_on_upstream_data",
      "proxy_on_upstream_connection_close",
      "proxy_on_downstream_connection_close",
      "proxy_on_log",
    ],
  });
});

test("a filter of HTTP that also has callbacks of TCP, as each module of some SDKs has, gets requests and a connection", async () => {
  const [headers, data] = ["proxy_on_request_headers", "proxy_on_downstream_data"];
  expect(await callbacks(headers, data)).toEqual({
    "without hello": [headers],
    "with hello": [headers],
    "a connection": [data, data],
  });
});

describe("a module of both kinds", () => {
  const HTTP = "proxy_on_request_headers";
  const TCP = "proxy_on_new_connection";
  const PANIC = '(say "panicked at src/dispatcher.rs: invalid context_id") unreachable';

  test.each([
    ["that traps in both", "unreachable", "unreachable", [HTTP, TCP], ["trial-request", "trial-request"]],
    ["that traps in a request", "unreachable", "", [HTTP], ["trial-request"]],
    ["that traps in a connection", "", "unreachable", [TCP], ["trial-connection"]],
    ["for HTTP only, by its SDK", "", PANIC, [TCP], ["trial-kind"]],
    ["for TCP only, by its SDK", PANIC, "", [HTTP], ["trial-kind"]],
    [
      "that traps in a request and is for HTTP only",
      "unreachable",
      PANIC,
      [HTTP, TCP],
      ["trial-request", "trial-request"],
    ],
    ["that works", "", "", [], []],
  ])("%s has one finding for each", async (_, http, tcp, callbacks, rules) => {
    const start = on("proxy_on_vm_start", '(say "started")', "(i32.const 1)");
    const found = await tried(filter(start + on(HTTP, http) + on(TCP, tcp)));
    expect(found.rules).toEqual(rules);
    for (const [at, line] of found.what.split("\n").filter(Boolean).entries()) expect(line).toContain(callbacks[at]);
  });

  test("gets a connection in a VM of its own only after a trap", async () => {
    const starts = async (http: string) => {
      const { trial } = await tried(
        filter(on("proxy_on_vm_start", '(say "started")', "(i32.const 1)") + on(HTTP, http) + on(TCP, "")),
      );
      return trial?.log.filter(({ message }) => message === "started").length;
    };
    // Envoy's order: a VM that is only configured, and one for the worker.
    expect([await starts(""), await starts("unreachable")]).toEqual([2, 4]);
  });

  test("that holds a request and a connection holds each of them", async () => {
    const { rules, what } = await tried(
      filter(on(HTTP, "", "(i32.const 1)") + on("proxy_on_downstream_data", "", "(i32.const 1)")),
    );
    expect(rules).toEqual(["trial-stuck", "trial-stuck", "trial-held"]);
    expect(what).toContain("holds a connection");
  });
});
