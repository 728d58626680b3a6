import { expect, test } from "vitest";
import wabt from "wabt";
import { METER, metered } from "./metered.ts";

const { parseWat } = await wabt();

const global = parseWat("global.wat", '(module (global (export "g") (mut i32) (i32.const 0)))').toBinary({}).buffer;

const instance = (module: Uint8Array, imports: Record<string, Record<string, unknown>>) =>
  new WebAssembly.Instance(new WebAssembly.Module(module as Uint8Array<ArrayBuffer>), imports).exports;

/** Runs the export `run` of a module written as text. @returns how many instructions it executed, by the meter */
function count(wat: string, ...values: number[]): number {
  const { buffer } = parseWat("module.wat", wat, { simd: true, bulk_memory: true }).toBinary({});
  const host = { f: () => 1, g: instance(global, {}).g };
  const { run, [METER]: meter } = instance(metered(buffer), { host }) as Record<
    string,
    (...values: number[]) => number
  >;
  const before = meter?.(0) ?? 0;
  run?.(...values);
  return (meter?.(0) ?? 0) - before;
}

const body = (code: string) => `(module (memory 2) (func (export "run") (param i32) ${code}))`;

test("straight code counts each instruction, marks don't count", () => {
  expect(count(body("nop (drop (i32.const 1)) (block (nop))"))).toBe(4);
  expect(count(body(""))).toBe(0);
});

test("a loop's body counts each time round", () => {
  // local.get, i32.const, i32.sub, local.tee, br_if
  const loop = "(loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))";
  expect(count(body(loop), 1)).toBe(5);
  expect(count(body(loop), 1000)).toBe(5000);
});

test("only the branch that is taken counts", () => {
  const branches = "(if (local.get 0) (then nop nop) (else nop nop nop nop)) nop";
  expect(count(body(branches), 1)).toBe(2 + 2 + 1);
  expect(count(body(branches), 0)).toBe(2 + 4 + 1);
  expect(count(body("(block (br_if 0 (local.get 0)) nop) nop"), 1)).toBe(3);
  expect(count(body("(if (local.get 0) (then return)) nop nop"), 1)).toBe(3);
});

test("jumps by table, and calls, direct, indirect and to the host", () => {
  const table = "(block (block (block (br_table 0 1 2 (local.get 0))) nop) nop) nop";
  expect([0, 1, 2, 9].map((at) => count(body(table), at))).toEqual([5, 4, 3, 3]);
  const calls = `(module (import "host" "f" (func $f (result i32))) (import "host" "g" (global $g (mut i32)))
    (type $t (func)) (table funcref (elem $two)) (func $two nop nop) (global (mut i32) (i32.const 7))
    (func (export "run") (call $two) (call_indirect (type $t) (i32.const 0)) (global.set $g (call $f))))`;
  expect(count(calls)).toBe(1 + 2 + 2 + 2 + 2);
});

test("all that follows an opcode is read", () => {
  const code = `(local f64 v128) (drop (i64.const -9223372036854775808)) (drop (f32.const 1)) (drop (f64.const 11))
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)) (drop (i32.trunc_sat_f64_s (local.get 1)))
    (drop (i32.load offset=70000 align=1 (i32.const 0))) (drop (memory.size)) (drop (ref.null func))
    (drop (i8x16.extract_lane_s 11 (v128.const i32x4 11 11 11 11))) (local.set 2 (v128.load (i32.const 0)))
    (drop (i8x16.shuffle 11 11 11 11 11 11 11 11 11 11 11 11 11 11 11 11 (local.get 2) (local.get 2)))
    (drop (select (result i32) (i32.const 1) (i32.const 2) (local.get 0)))
    (v128.store8_lane offset=11 3 (i32.const 0) (local.get 2))`;
  expect(count(body(code))).toBe(2 * 3 + 4 + 3 + 3 + 2 + 2 + 3 + 3 + 4 + 5 + 3);
});

test("a proxy_on_done of the module's own still runs, and counts", () => {
  const wat = `(module (global (mut i32) (i32.const 0)) (func (export "run"))
    (func (export "proxy_on_done") (param i32) (result i32) (drop (local.get 0)) (i32.const 1)))`;
  expect(count(wat)).toBe(3);
});

test("an opcode that isn't known is told", () => {
  // (func (throw_ref))
  const code = [10, 5, 1, 3, 0, 0x0a, 0x0b];
  const module = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, ...code);
  expect(() => metered(module)).toThrow(/^can't count instructions: unknown opcode 0xa at byte 1/);
});
