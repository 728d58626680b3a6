import { expect, test } from "vitest";
import { assemble, filter } from "./fixtures/wat.ts";
import { inspect } from "./inspection.ts";

const BASE = `(memory (export "memory") 1) (func (export "malloc") (param i32) (result i32) (i32.const 0)) (func (export "proxy_abi_version_0_2_1"))`;
const module = (text: string) => assemble(`(module ${text})`);

test("a sound module has no findings", () => {
  const { module, findings, abi } = inspect(filter(`(func (export "proxy_on_log") (param i32) (say "hi"))`));
  expect([findings, abi, module?.allocator]).toEqual([[], "0.2.1", "malloc"]);
});

test("a memory and a table can be the host's to make", () => {
  const text = `(import "env" "memory" (memory 1)) (import "env" "t" (table 2 funcref)) ${BASE.replace('(memory (export "memory") 1)', "")}`;
  expect(inspect(module(text)).findings).toEqual([]);
});

test.each([
  ["no WebAssembly", Buffer.from("hello"), "is no WebAssembly"],
  ["a component", Buffer.from("0061736d0d000100", "hex"), "is a component"],
  ["a broken module", Buffer.from("0061736d0100000001ff", "hex"), "not a valid module: "],
  [
    "an import from nowhere",
    module(`(import "env" "abort" (func (param i32 i32 i32 i32))) ${BASE}`),
    "imports env.abort, which Envoy does not have",
  ],
  [
    "a WASI name Envoy lacks",
    module(`(import "wasi_snapshot_preview1" "proc_raise" (func (param i32) (result i32))) ${BASE}`),
    "imports wasi_snapshot_preview1.proc_raise",
  ],
  ["an imported global", module(`(import "env" "g" (global i32)) ${BASE}`), "imports env.g, which"],
  [
    "an import of another type",
    module(`(import "env" "proxy_log" (func (param i32))) ${BASE}`),
    "imports env.proxy_log as (i32) -> nothing, but it is (i32 i32 i32) -> i32",
  ],
  [
    "a function of a later ABI",
    module(`(import "env" "proxy_get_log_level" (func (param i32) (result i32))) ${BASE.replace("0_2_1", "0_2_0")}`),
    "imports env.proxy_get_log_level, which Envoy does not have under ABI 0.2.0",
  ],
  ["no ABI marker", module(BASE.replace("proxy_abi_version_0_2_1", "x")), "has no Proxy-Wasm ABI marker"],
  [
    "an unsupported ABI",
    module(BASE.replace("0_2_1", "0_3_0")),
    "asks for an unsupported ABI by exporting proxy_abi_version_0_3_0",
  ],
  ["no allocator", module(BASE.replace('"malloc"', '"alloc"')), "exports neither malloc nor proxy_on_memory_allocate"],
  ["no memory", module(BASE.replace('(export "memory")', "")), "exports no memory"],
  [
    "a callback of another type",
    module(`${BASE} (func (export "proxy_on_log"))`),
    "exports proxy_on_log as () -> nothing, but it is (i32) -> nothing",
  ],
] as const)("refused: %s", (_, bytes, what) => {
  const { module, findings } = inspect(bytes);
  expect(module).toBeUndefined();
  expect(findings[0]?.what).toContain(what);
  expect(findings[0]?.level).toBe("error");
});

test("a callback's name on a global is passed over", () => {
  const text = `${BASE} (global (export "proxy_on_log") i32 (i32.const 0))`;
  expect(inspect(module(text)).findings).toEqual([]);
});

test("a callback that nobody calls is worth a warning, no more", () => {
  const { module: sound, findings } = inspect(module(`${BASE} (func (export "proxy_on_grpc_receive_initial"))`));
  expect([sound !== undefined, findings.map(({ level, what }) => [level, what])]).toEqual([
    true,
    [["warning", "exports proxy_on_grpc_receive_initial, which no host calls"]],
  ]);
});
