import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadCases, parseCases } from "./load.ts";

const folder = mkdtempSync(join(tmpdir(), "cases-"));
afterAll(() => rmSync(folder, { recursive: true }));

function load(yaml: string) {
  const file = join(folder, "topic.yaml");
  writeFileSync(file, yaml);
  return loadCases([file]);
}

test("the contract's own cases are in order", () => {
  expect(loadCases().length).toBeGreaterThan(100);
});

test("what is left out is filled in", () => {
  const [of] = load(`cases: [{name: x, configuration: {json: {a: ["1", 2], "__proto__": true}}}]`);
  expect(of).toMatchObject({
    topic: "topic",
    name: "x",
    on: ["host", "envoy"],
    filters: [{ configuration: Buffer.from('{"a":["1",2],"__proto__":true}'), rootId: "", refused: false }],
    log: [["info", "header filter {variant} {version}: adding 3 response headers"]],
    steps: [
      { kind: "request", request: { method: "GET", path: "/" }, added: [], counters: { hello_header_counter: 0 } },
    ],
  });
});

test("another filter's cases imply nothing", () => {
  const [of] = load("contract: false\ncases: [{name: x, configuration: {text: anything}}]");
  expect(of).toMatchObject({ log: [], steps: [{ counters: {} }] });
});

test("large configurations are made", () => {
  const [of] = load(`cases: [{name: x, configuration: {generate: [a, [bc, 3]]}, refused: not valid JSON}]`);
  expect(of?.filters[0]?.configuration).toEqual(Buffer.from("abcbcbc"));
});

test.each([
  ["cases: [", "not YAML: "],
  ["{}", 'top level: missing "cases"'],
  ["cases: []", "cases: expected at least 1, got []"],
  ["cases: [{name: No}]", 'No: name: expected text like ^[a-z0-9]+(-[a-z0-9]+)*$, got "No"'],
  ["cases: [{}]", 'cases[0]: missing "name"'],
  ["cases: [{name: x, stps: []}, {name: Y}]", 'x: unknown key "stps", expected name, contract, on,'],
  [
    "cases: [{name: x, steps: [{callOuts: [{cluster: auth}]}]}]",
    "x: there is no cluster auth; expected it under the file's `clusters`",
  ],
  [
    "clusters: {g: grpc}\ncases: [{name: x, steps: [{callOuts: [{cluster: g}]}]}]",
    "x: the call-out to g is missing `sees.path`; expected /SERVICE/METHOD",
  ],
  [
    "cases: [{name: x, steps: [{request: {http2: true, headers: [[Upgrade, websocket]]}}]}]",
    "x: HTTP/2 has no `upgrade`; expected HTTP/1.1 on both sides",
  ],
  ["cases: [{name: x, tcp: true}]", "x: a case has connections if and only if it is `tcp: true`"],
  ["cases: [{name: x, on: [envoy]}]", 'x: "on" requires "because"'],
  ["cases: [{name: x, on: [nginx], because: y}]", 'x: on[0]: expected one of host, envoy, got "nginx"'],
  ["cases: [{name: x, faults: {proxy_log: EMPTY}}]", 'x: missing "on"'],
  [
    "cases: [{name: x, faults: {proxy_log: EMPTY}, on: [envoy], because: y}]",
    'x: on: expected ["host"], got ["envoy"]',
  ],
  [
    "cases: [{name: x, faults: {proxy_log: BAD}, on: [host], because: y}]",
    "x: faults.proxy_log: expected one of NOT_FOUND,",
  ],
  ["cases: [{name: x, configuration: {text: a, json: 1}}]", "x: configuration: expected at most 1, got"],
  ["cases: [{name: x, configuration: {base64: '?'}}]", "x: configuration.base64: expected text like"],
  ["cases: [{name: x, configuration: {json: {}}, filters: [{}]}]", "x: configuration: not allowed together with"],
  [
    "cases: [{name: x, steps: [{request: {abort: never}}]}]",
    'x: steps[0].request.abort: expected one of sent, head, got "never"',
  ],
  [
    "cases: [{name: x, steps: [{added: [[a, {matches: '('}]]}]}]",
    'x: steps[0].added[0][1].matches: expected a regular expression, got "("',
  ],
  ["cases: [{name: x, steps: [{added: [[a]]}]}]", "x: steps[0].added[0]: expected at least 2, got"],
  [
    "cases: [{name: x, steps: [{reconfigure: {}, added: []}]}]",
    'x: steps[0]: unknown key "added", expected reconfigure, log',
  ],
  ["cases: [{name: x, steps: [{reconfigure: {filter: 1}}]}]", "x: there is no filter 1 to reconfigure"],
  [
    "cases: [{name: x, configuration: {text: '{'}}]",
    "x: the configuration is not JSON; expected `refused` with the reason",
  ],
  ["cases: [{name: x}, {name: x}]", "x: another case has this name; expected each name once"],
])("one line for %s", (yaml, message) => {
  expect(() => load(yaml)).toThrow(`case file ${join(folder, "topic.yaml")}: ${message}`);
  try {
    load(yaml);
  } catch (error) {
    expect((error as Error).message.split("\n").filter(Boolean)).toHaveLength(1);
  }
});

test("a file called cases.yaml is filed under its folder", () => {
  expect(parseCases({ cases: [{ name: "x" }] }, "/examples/path-guard/cases.yaml")[0]?.topic).toBe("path-guard");
});
