import { BAD_MODULES, filter, on, pairs } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { type Conditions, examineModule } from "../examination.ts";
import { CONDUCT_CASES, logs, TICKS, type TrialCase } from "../fixtures/conduct-cases.ts";
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
const REGISTER = '(drop (call $proxy_register_shared_queue "q"* (i32.const 16)))';
const ENQUEUE = "(drop (call $proxy_enqueue_shared_queue (i32.load (i32.const 16)) (i32.const 0) (i32.const 60000)))";
/** Traps if a service answers 503. */
const NEEDS_ANSWER = on(
  "proxy_on_http_call_response",
  `(drop (call $proxy_get_header_map_value (i32.const 6) ":status"* (i32.const 16) (i32.const 20)))
  (if (i32.eq (i32.load8_u (i32.load (i32.const 16))) (i32.const 53)) (then unreachable))`,
);
const CONTINUE = `(drop (call $proxy_set_effective_context (i32.const 2))) (drop (call $proxy_continue_stream (i32.const 0)))
  (drop (call $proxy_set_effective_context (i32.const 3))) (drop (call $proxy_continue_stream (i32.const 0)))`;
const BOTH_KINDS = on("proxy_on_request_headers", "") + on("proxy_on_new_connection", "");
const CONFIGURATION = { configuration: new Uint8Array(), configuredBy: "--config" };

const NAMED: Partial<Conditions> = {
  host: new URL("../fixtures/trial-host.ts", import.meta.url),
  clusters: { service: new URL("http://service.example") },
};

const CASES: readonly TrialCase[] = [
  ...CONDUCT_CASES,
  [
    "a refusal without a configuration",
    on("proxy_on_configure", "", "(local.get 1)") + on("proxy_on_request_headers", logs(1)),
    {},
    "needs a configuration, not tried",
    ["trial-needs-configuration"],
    {
      rule: "trial-needs-configuration",
      does: "pass one with --config JSON",
      conditions: { configuration: Buffer.from("{}"), configuredBy: "--config" },
    },
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
  [
    "a trap in a connection, requests work",
    on("proxy_on_request_headers", "") + on("proxy_on_new_connection", "unreachable"),
    {},
    "fit",
    ["trial-connection"],
    { rule: "trial-connection", does: "fix the module", module: BOTH_KINDS },
  ],
  [
    "a connection for which the SDK has no context",
    on("proxy_on_request_headers", "") + on("proxy_on_new_connection", '(say "invalid context_id") unreachable'),
    {},
    "fit",
    ["trial-kind"],
    { rule: "trial-kind", does: "let it make contexts of this kind", module: BOTH_KINDS },
  ],
  [
    "a call to an unknown cluster",
    on("proxy_on_request_headers", `(drop ${CALL})`),
    {},
    "fit",
    ["trial-cluster"],
    { rule: "trial-cluster", does: "for the trial, use --cluster NAME=URL", conditions: NAMED },
  ],
  [
    "a trap if there is no answer",
    on("proxy_on_request_headers", `(drop ${CALL})`) + NEEDS_ANSWER,
    {},
    "fit",
    ["trial-missing", "trial-cluster"],
    { rule: "trial-missing", does: "name clusters with --cluster NAME=URL", conditions: NAMED },
  ],
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
    "a request that waits for an answer",
    on("proxy_on_request_headers", `(drop ${CALL})`, "(i32.const 1)"),
    {},
    "fit",
    ["trial-cluster", "trial-held", "trial-held"],
    {
      rule: "trial-held",
      does: "continue it with proxy_continue_stream",
      module:
        on("proxy_on_request_headers", `(drop ${CALL})`, "(i32.const 1)") + on("proxy_on_http_call_response", CONTINUE),
    },
  ],
  [
    "a request that a tick continues",
    on("proxy_on_vm_start", TICKS, "(i32.const 1)") +
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
    on("proxy_on_downstream_data", logs(2000)),
    {},
    "fit",
    ["trial-flood"],
    { rule: "trial-flood", does: "call it less often", module: on("proxy_on_downstream_data", logs(2)) },
  ],
  [
    "an endless loop",
    on("proxy_on_request_headers", FOREVER),
    { limits: { step: 100, stepByClock: UNLIMITED } },
    "not fit",
    ["trial-endless"],
    { rule: "trial-endless", does: "make it return", module: on("proxy_on_request_headers", logs(1)), conditions: {} },
  ],
  [
    "no time",
    on("proxy_on_request_headers", FOREVER),
    { limits: { all: 100, stepByClock: UNLIMITED } },
    "not tried to the end",
    ["trial-unfinished"],
    {
      rule: "trial-unfinished",
      does: "make it smaller or faster",
      module: on("proxy_on_request_headers", logs(1)),
      conditions: {},
    },
  ],
  [
    "a heap that is full",
    on("proxy_on_request_headers", `${REGISTER} (loop $again ${ENQUEUE} (br $again))`),
    { limits: { kept: 30e6, stepByClock: UNLIMITED } },
    "not fit",
    ["trial-memory", "trial-flood"],
    {
      rule: "trial-memory",
      does: "limit what is kept",
      module: on("proxy_on_request_headers", REGISTER + ENQUEUE),
      conditions: {},
    },
  ],
];

const look = (code: string, conditions: Partial<Conditions>) =>
  examineModule(filter(code), { envoy: "1.40", ...conditions });

test.each(CASES.map((one) => [one[0], one] as const))("%s", async (_, one) => {
  const [, code, conditions, outcome, rules, remedy] = one;
  const examined = await look(code, conditions);
  const trial = examined.findings.filter(({ rule }) => rule.startsWith("trial-"));
  expect([examined.outcome, trial.map(({ rule }) => rule)]).toEqual([outcome, rules]);
  if (!remedy) return;
  expect(trial.find(({ rule }) => rule === remedy.rule)?.fix).toContain(remedy.does);
  const after = await look(remedy.module ?? code, remedy.conditions ?? conditions);
  const stays = examined.findings.filter(({ rule }) => rule !== remedy.rule);
  expect(after.findings.filter(({ rule }) => !stays.some((finding) => finding.rule === rule))).toEqual([]);
});

test("a module that misses no cluster is not told to name one", async () => {
  const [found] = (await look(on("proxy_on_request_headers", trapIf(PROPERTY)), {})).findings;
  expect(found).toMatchObject({ rule: "trial-missing", fix: expect.stringMatching(/^try it in a proxy that has it/) });
});

test("each rule has a case, and one whose remedy is carried out", () => {
  // Those of BAD_MODULES are carried out where modules are examined.
  const elsewhere = BAD_MODULES.map(({ rule }) => rule);
  const carriedOut = CASES.flatMap(([, , , , , remedy]) => remedy?.rule ?? []);
  expect(TRIAL_RULES.map(({ id }) => id).filter((id) => ![...carriedOut, ...elsewhere].includes(id))).toEqual([]);
});
