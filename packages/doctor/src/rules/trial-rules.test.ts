import { BAD_MODULES, filter, on, pairs } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { type Conditions, examineModule, type Outcome } from "../examination.ts";
import { TRIAL_RULES } from "./trial-rules.ts";

const HEADERS = pairs([":method", "GET"], [":path", "/"], [":authority", "a"]);
const CALL = `(call $proxy_http_call "service"* "${HEADERS}"* (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16))`;
const READ =
  "(drop (call $proxy_get_buffer_bytes (i32.const 7) (i32.const 0) (i32.const 9) (i32.const 16) (i32.const 20)))";
const PROPERTY = '(call $proxy_get_property "of_another_filter"* (i32.const 16) (i32.const 20))';
const FOREIGN =
  '(call $proxy_call_foreign_function "of_another_proxy"* (i32.const 0) (i32.const 0) (i32.const 16) (i32.const 20))';
const RESOLVE = '(call $proxy_resolve_shared_queue "vm"* "q"* (i32.const 16))';
const FOREVER = "(loop $again (br $again))";
/** More than a busy machine needs. */
const UNLIMITED = 600_000;
const trapIf = (call: string) => `(if ${call} (then unreachable))`;
const CONFIGURATION = { configuration: new Uint8Array(), configuredBy: "--config" };

const CASES: readonly (readonly [
  name: string,
  module: string,
  conditions: Partial<Conditions>,
  outcome: Outcome,
  rules: readonly string[],
])[] = [
  ["nothing", "", {}, "fit", []],
  [
    "a refusal without a configuration",
    on("proxy_on_configure", ""),
    {},
    "needs a configuration, not tried",
    ["trial-needs-configuration"],
  ],
  [
    "a trap after the missing configuration was read",
    on("proxy_on_configure", `${READ} unreachable`),
    {},
    "needs a configuration, not tried",
    ["trial-needs-configuration"],
  ],
  ["a trap that has nothing to do with it", on("proxy_on_configure", "unreachable"), {}, "not fit", ["trial-start"]],
  [
    "a refusal of an empty configuration",
    on("proxy_on_configure", ""),
    CONFIGURATION,
    "not fit",
    ["trial-configuration"],
  ],
  ["a trap in configure", on("proxy_on_configure", `${READ} unreachable`), CONFIGURATION, "not fit", ["trial-start"]],
  ["a refusal to start", on("proxy_on_vm_start", ""), {}, "not fit", ["trial-start"]],
  ["a trap in a request", on("proxy_on_request_headers", "unreachable"), {}, "not fit", ["trial-request"]],
  ["a call to an unknown cluster", on("proxy_on_request_headers", `(drop ${CALL})`), {}, "fit", ["trial-cluster"]],
  ["a call that must not fail", on("proxy_on_request_headers", trapIf(CALL)), {}, "fit", ["trial-cluster"]],
  [
    "a trap after the answer",
    on("proxy_on_request_headers", `(drop ${CALL})`) + on("proxy_on_http_call_response", "unreachable"),
    {},
    "fit",
    ["trial-missing", "trial-cluster"],
  ],
  ["a trap without a property", on("proxy_on_request_headers", trapIf(PROPERTY)), {}, "fit", ["trial-missing"]],
  ["a trap without a foreign function", on("proxy_on_request_headers", trapIf(FOREIGN)), {}, "fit", ["trial-missing"]],
  ["a trap without a queue", on("proxy_on_vm_start", trapIf(RESOLVE), "(i32.const 1)"), {}, "fit", ["trial-missing"]],
  [
    "a request that is held",
    on("proxy_on_request_headers", "", "(i32.const 1)"),
    {},
    "fit",
    ["trial-held", "trial-held"],
  ],
  [
    "a request that a tick continues",
    on("proxy_on_vm_start", "(drop (call $proxy_set_tick_period_milliseconds (i32.const 1000000)))", "(i32.const 1)") +
      on("proxy_on_request_headers", "", "(i32.const 1)") +
      on(
        "proxy_on_tick",
        "(drop (call $proxy_set_effective_context (i32.const 2))) (drop (call $proxy_continue_stream (i32.const 0))) (drop (call $proxy_set_effective_context (i32.const 3))) (drop (call $proxy_continue_stream (i32.const 0)))",
      ),
    {},
    "fit",
    [],
  ],
  ["a trap in a request's body", on("proxy_on_request_body", "unreachable"), {}, "not fit", ["trial-request"]],
  ["a trap in a connection", on("proxy_on_new_connection", "unreachable"), {}, "not fit", ["trial-request"]],
  ["a trap in data of the client", on("proxy_on_downstream_data", "unreachable"), {}, "not fit", ["trial-request"]],
  ["a trap in data of the upstream", on("proxy_on_upstream_data", "unreachable"), {}, "not fit", ["trial-request"]],
  [
    "a trap at the end of a connection",
    on("proxy_on_downstream_connection_close", "unreachable"),
    {},
    "not fit",
    ["trial-request"],
  ],
  ["a connection that is held", on("proxy_on_downstream_data", "", "(i32.const 1)"), {}, "fit", ["trial-held"]],
  ["a connection that is held at its start", on("proxy_on_new_connection", "", "(i32.const 1)"), {}, "fit", []],
  [
    "a connection that is held until its end",
    on("proxy_on_downstream_data", "", "(i32.eqz (local.get $end_of_stream))"),
    {},
    "fit",
    [],
  ],
  [
    "a connection that is closed",
    on("proxy_on_new_connection", "(drop (call $proxy_close_stream (i32.const 2)))", "(i32.const 1)"),
    {},
    "fit",
    [],
  ],
  [
    "a flood in a connection",
    on(
      "proxy_on_downstream_data",
      '(local $at i32) (loop $again (say "again") (local.set $at (i32.add (local.get $at) (i32.const 1))) (br_if $again (i32.lt_u (local.get $at) (i32.const 2000))))',
    ),
    {},
    "fit",
    ["trial-flood"],
  ],
  [
    "an endless loop",
    on("proxy_on_request_headers", FOREVER),
    { limits: { step: 100, stepByClock: UNLIMITED } },
    "not fit",
    ["trial-endless"],
  ],
  [
    "no time",
    on("proxy_on_request_headers", FOREVER),
    { limits: { all: 100, stepByClock: UNLIMITED } },
    "not tried to the end",
    ["trial-unfinished"],
  ],
  [
    "a heap that is full",
    on(
      "proxy_on_request_headers",
      `(drop (call $proxy_register_shared_queue "q"* (i32.const 16))) (loop $again (drop (call $proxy_enqueue_shared_queue (i32.load (i32.const 16)) (i32.const 0) (i32.const 60000))) (br $again))`,
    ),
    { limits: { kept: 30e6, stepByClock: UNLIMITED } },
    "not fit",
    ["trial-memory", "trial-flood"],
  ],
];

test.each(CASES)("%s", async (_, code, conditions, outcome, rules) => {
  const module = filter(code);
  const examined = await examineModule(module, { envoy: "1.40", ...conditions });
  const trial = examined.findings.filter(({ rule }) => rule.startsWith("trial-"));
  expect([examined.outcome, trial.map(({ rule }) => rule)]).toEqual([outcome, rules]);
});

test("each rule has a case", () => {
  const cases = new Set([...CASES.flatMap(([, , , , rules]) => rules), ...BAD_MODULES.map(({ rule }) => rule)]);
  expect(TRIAL_RULES.map(({ id }) => id).filter((id) => !cases.has(id))).toEqual([]);
});
