import { expect, test } from "vitest";
import { inspect } from "../check/inspection.ts";
import { filters, REQUEST } from "../fixtures/streams.ts";
import { assemble, filter, on } from "../fixtures/wat.ts";

const CONFIGURATION = "(drop (call $proxy_get_configuration (i32.const 16) (i32.const 20)))";
const MISSING = '(drop (call $proxy_get_header_map_value (i32.const 0) "none"* (i32.const 16) (i32.const 20)))';

/** What the module's host calls came to. */
function calls(made: ReturnType<typeof filters>): unknown[] {
  return made.events
    .splice(0)
    .filter(({ kind, phase }) => kind === "call" && phase === "leave")
    .map(({ name, result, results }) => [name.replace("proxy_", ""), result, ...Object.values(results ?? {})]);
}

test("ABI 0.1.0: its own functions, headers without the stream's end, a missing header is empty", () => {
  const module = filter(
    `
    ${on("proxy_on_vm_start", CONFIGURATION, "(i32.const 1)")}
    ${on("proxy_on_configure", CONFIGURATION, "(i32.const 1)")}
    (func (export "proxy_on_request_headers") (param $context i32) (param $headers i32) (result i32)
      ${MISSING} (drop (call $proxy_continue_response)) (drop (call $proxy_clear_route_cache)) (i32.const 0))
    (func (export "proxy_on_foreign_function") (param i32))`,
    undefined,
    "0.1.0",
  );
  const made = filters(module, { configuration: Buffer.from("plugin"), vmConfiguration: Buffer.from("vm") });
  const started = [
    ["get_configuration", "OK", "vm"],
    ["get_configuration", "OK", "plugin"],
  ];
  expect(calls(made)).toEqual([...started, ...started]);
  expect(made.pass().atClient).toBeDefined();
  expect(calls(made)).toEqual([
    ["get_header_map_value", "OK", ""],
    ["continue_response", "OK"],
    ["clear_route_cache", "OK"],
  ]);
});

test("a request that ABI 0.1.0 pauses goes on", () => {
  const module = filter(
    `(func (export "proxy_on_request_headers") (param $context i32) (param $headers i32) (result i32) (i32.const 1))
     ${on("proxy_on_queue_ready", "(drop (call $proxy_set_effective_context (i32.const 2))) (drop (call $proxy_continue_request))")}
     ${on("proxy_on_configure", '(drop (call $proxy_register_shared_queue "q"* (i32.const 16)))', "(i32.const 1)")}
     ${on("proxy_on_log", '(drop (call $proxy_enqueue_shared_queue (i32.const 1) "item"*))')}`,
    undefined,
    "0.1.0",
  );
  const { runtime, events } = filters(module);
  const [paused, other] = [runtime.openStream(), runtime.openStream()];
  paused.request({ headers: REQUEST });
  expect(paused.atUpstream).toBeUndefined();
  other.end();
  return expect
    .poll(() => [events.some(({ name }) => name === "proxy_continue_request"), paused.atUpstream !== undefined])
    .toEqual([true, true]);
});

test("ABI 0.2.0: a filter runs as under 0.2.1", () => {
  const made = filters(filter(on("proxy_on_request_headers", MISSING), undefined, "0.2.0"));
  made.events.length = 0;
  expect(made.pass().atClient).toBeDefined();
  expect(calls(made)).toEqual([["get_header_map_value", "NOT_FOUND"]]);
});

const BARE = '(memory (export "memory") 1) (func (export "malloc") (param i32) (result i32) (i32.const 0))';
const marker = (version: string) => `(func (export "proxy_abi_version_${version}"))`;
const HEADERS = '(func (export "proxy_on_request_headers") (param i32 i32) (result i32) (i32.const 0))';
const importing = (name: string) => `(import "env" "${name}" (func (param i32) (result i32)))`;

test.each([
  ["the first marker counts", marker("0_1_0") + marker("0_2_1") + HEADERS, undefined],
  ["the first marker counts, the other way", marker("0_2_1") + marker("0_1_0") + HEADERS, "Bad function signature"],
  [
    "a marker is a function",
    '(global (export "proxy_abi_version_0_2_1") i32 (i32.const 1))',
    "Missing or unknown Proxy-Wasm ABI version",
  ],
  ["no continue_stream in 0.1.0", importing("proxy_continue_stream") + marker("0_1_0"), "missing import"],
  ["no get_log_level in 0.2.0", importing("proxy_get_log_level") + marker("0_2_0"), "missing import"],
  ["a main that nobody calls", `${marker("0_2_1")} (func (export "main") (param i32))`, undefined],
  [
    "a main that is called",
    `${marker("0_2_1")} (func (export "_initialize")) (func (export "main") (param i32))`,
    "Bad function signature",
  ],
  [
    "a _start beside _initialize",
    `${marker("0_2_1")} (func (export "_initialize")) (func (export "_start") (param i32))`,
    undefined,
  ],
  ["a second allocator", `${marker("0_2_1")} (func (export "proxy_on_memory_allocate"))`, undefined],
  [
    "Emscripten's own",
    `${'(import "env" "emscripten_notify_memory_growth" (func (param i32)))'} ${marker("0_2_1")}`,
    undefined,
  ],
])("%s", (_, text, fault) => {
  const { module, findings } = inspect(assemble(`(module ${text} ${BARE})`));
  expect(findings.map(({ what, why }) => `${what}: ${why}`).join()).toContain(fault ?? "");
  expect(module === undefined).toBe(fault !== undefined);
});
