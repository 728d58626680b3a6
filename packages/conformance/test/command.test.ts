import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import wabt from "wabt";
import { temporaryFolder } from "../src/environment/temporary.ts";

const main = join(import.meta.dirname, "../src/bin.ts");
const cases = join(import.meta.dirname, "../long/sabotage/cases.yaml");
const temporary = temporaryFolder("conformance");
afterAll(() => temporary.remove());
const folder = temporary.path;

const wat = readFileSync(join(import.meta.dirname, "../long/sabotage/filter.wat"), "utf8");
const { parseWat } = await wabt();
writeFileSync(join(folder, "good.wasm"), parseWat("good.wat", wat).toBinary({}).buffer);
writeFileSync(
  join(folder, "bad.wasm"),
  parseWat("bad.wat", wat.replace("i64.const 1", "i64.const 2")).toBinary({}).buffer,
);

function conformance(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
}

const options = ["--on", "host", "--cases", cases, "--case", "adds-and-counts", "sabotage/refusal"];

test("a module that passes its cases", () => {
  expect(conformance("good.wasm", ...options)).toEqual({
    status: 0,
    stderr: "",
    stdout: `\
                    good host
sabotage
  adds-and-counts   ✓
  refusal           ✓

✓ as expected   ✗ not   – skipped   x known difference   ! known difference that is gone   · not for this proxy

2 passed, 0 failed, 0 skipped
`,
  });
});

test("a module that fails a case, with reports", () => {
  const { status, stdout } = conformance("bad.wasm", ...options, "--report", "reports");
  expect(status).toBe(1);
  expect(stdout).toMatch(/^sabotage \/ adds-and-counts \/ bad host\n {2}counters: expected .*\n/);
  expect(stdout).toMatch(/\n1 passed, 1 failed, 0 skipped\n$/);
  expect(readFileSync(join(folder, "reports/conformance.junit.xml"), "utf8")).toContain('failures="1"');
  const json = conformance("bad.wasm", ...options, "--json");
  expect(json.status).toBe(1);
  expect(json.stdout).toBe(readFileSync(join(folder, "reports/conformance.json"), "utf8"));
});

test("the log of a case has what filters log and every call between host and module", () => {
  expect(conformance("good.wasm", ...options, "--log", "logs").status).toBe(0);
  const log = readFileSync(join(folder, "logs/host.log"), "utf8");
  expect(log).toMatch(/^adds-and-counts-0 --> proxy_on_request_headers\(/m);
  expect(log).toMatch(/^adds-and-counts-0 +==> proxy_increment_metric\(/m);
  expect(log).toMatch(/^\[error\] refusal-0: /m);
});

test.each([
  [["none.wasm", "--on", "host"], 1, "module none.wasm: no such file"],
  [["good.wasm", "--on", "nginx"], 2, '--on nginx: no proxy "nginx", expected host or envoy (see conformance --help)'],
  [["good.wasm", "--case", "nix"], 2, "--case nix: no such case, expected a case's name or one of the topics "],
  [["good.wasm", "--cases", "none.yaml"], 1, "case file none.yaml: no such file"],
  [["good.wasm", ...options, "--report", "good.wasm"], 1, "report folder good.wasm: not writable: "],
  [["good.wasm", ...options, "--log", "good.wasm"], 1, "--log good.wasm: not writable: "],
])("%j is one line on stderr", (args, status, line) => {
  const got = conformance(...args);
  expect(got).toMatchObject({ status });
  expect(got.stderr).toMatch(/^conformance: [^\n]*\n$/);
  expect(got.stderr).toContain(line);
});
