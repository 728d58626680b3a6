import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import wabt from "wabt";
import { PROXIES } from "../../src/cases/case.ts";
import { loadCases } from "../../src/cases/load.ts";
import { findEnvoy } from "../../src/proxies/envoy/find.ts";
import { isRed } from "../../src/run/outcome.ts";
import { createSession } from "../../src/run/session.ts";

const file = (name: string) => `${import.meta.dirname}/${name}`;
const wat = readFileSync(file("filter.wat"), "utf8");
const cases = loadCases([file("cases.yaml")]);
const { parseWat } = await wabt();
const envoy = await findEnvoy();

/** The cases in which a request is answered. */
const ANSWERED = [
  "adds-and-counts",
  "empty-hello",
  "upstream-has-it-too",
  "chunks-flow",
  "calls",
  "update",
  "two-in-a-chain",
  "local-reply",
];

/** Ways to break the filter: what is replaced, by what, and the cases that must fail, with a part of their messages. */
const SABOTAGE: readonly [what: string, from: string, to: string, red: Record<string, string>][] = [
  ["does what it should", "", "", {}],
  [
    "counts twice",
    "(i64.const 1)",
    "(i64.const 2)",
    {
      "adds-and-counts": 'counters: expected {"hello_header_counter":1}, got {"hello_header_counter":2}',
      "empty-hello": "counters",
      soak: "counters",
    },
  ],
  [
    "takes an empty hello for none",
    "(then (drop (call $increment",
    "(then (if (i32.eqz (i32.load (i32.const 4))) (then (return (i32.const 0)))) (drop (call $increment",
    { "empty-hello": "counters", soak: "counters" },
  ],
  [
    "replaces instead of adding",
    "(drop (call $add_header",
    "(drop (call $replace_header",
    {
      "upstream-has-it-too": 'removed: expected [], got [["a","theirs"]]',
      calls:
        "host calls: expected proxy_get_header_map_value proxy_add_header_map_value, got proxy_get_header_map_value proxy_replace_header_map_value",
      "two-in-a-chain": 'added: expected [["a","2"],["a","1"]], got [["a","1"]]',
    },
  ],
  [
    "changes the request",
    ";; more in a request",
    "(drop (call $add_header (i32.const 0) (i32.const 48) (i32.const 1) (i32.const 48) (i32.const 1)))",
    Object.fromEntries(
      ANSWERED.map((name) => [name, name === "calls" ? "host calls" : 'upstream: added: expected [], got [["a","a"]']),
    ),
  ],
  [
    "logs each response",
    ";; more in a response",
    "(drop (call $log (i32.const 3) (i32.const 48) (i32.const 1)))",
    Object.fromEntries(ANSWERED.map((name) => [name, 'log: expected [], got [["warn","a"]'])),
  ],
  [
    "asks for callbacks that it doesn't need",
    ";; more functions",
    '(func (export "proxy_on_log") (param i32))',
    { calls: "callbacks: expected proxy_on_context_create proxy_on_request_headers proxy_on_response_headers, got" },
  ],
  [
    "holds bodies back",
    ";; more functions",
    '(func (export "proxy_on_response_body") (param i32 i32 i32) (result i32) (i32.eqz (local.get 2)))',
    { calls: "callbacks", "chunks-flow": "the client does not have chunk 1: it is held back" },
  ],
  [
    "takes every configuration",
    "(i32.const 123))",
    "(i32.load8_u (i32.const 65536)))",
    { refusal: "status: expected 500, got 200", update: 'step 1: log: expected [["error"' },
  ],
  [
    "refuses in other words",
    "refused: not valid JSON",
    "refused: no valid JSON!",
    { refusal: "log: expected", update: "step 1: log: expected" },
  ],
  [
    "announces another version",
    "wat 1.0.0",
    "wat 1.0.1",
    Object.fromEntries(
      cases.filter(({ name }) => name !== "refusal" && name !== "soak").map(({ name }) => [name, "log: expected"]),
    ),
  ],
  [
    "mixes up its configurations",
    "(i32.add (i32.const 4096) (call $root (local.get $context)))",
    "(i32.const 4097)",
    { "two-in-a-chain": 'added: expected [["a","2"],["a","1"]], got [["a","1"],["a","1"]]', update: "step 4: added" },
  ],
  [
    "leaks",
    ";; more in a response",
    "(drop (memory.grow (i32.eqz (i32.and (local.get $context) (i32.const 4095)))))",
    { soak: "pages of linear memory: expected" },
  ],
  [
    "traps",
    ";; more in a response",
    "unreachable",
    Object.fromEntries(cases.filter(({ name }) => name !== "refusal").map(({ name }) => [name, ""])),
  ],
];

for (const proxy of PROXIES) {
  test.for(SABOTAGE)(`on ${proxy}: a filter that %s`, async ([, from, to, red], { skip }) => {
    if (proxy === "envoy" && "reason" in envoy) skip(envoy.reason);
    expect(wat).toContain(from);
    const module = parseWat("filter.wat", wat.replace(from, to)).toBinary({}).buffer;
    const here = cases.filter(({ on }) => on.includes(proxy));
    const session = createSession({ module, variant: "wat", version: "1.0.0", cases });
    try {
      const found: Record<string, string> = {};
      for (const of of here) {
        const { outcome, differences } = await session.run(of, proxy);
        if (isRed(outcome)) found[of.name] = differences.join("\n");
      }
      const expected = Object.entries(red).filter(([name]) => here.some((of) => of.name === name));
      expect(found).toEqual(Object.fromEntries(expected.map(([name, text]) => [name, expect.stringContaining(text)])));
    } finally {
      await session.close();
    }
  });
}
