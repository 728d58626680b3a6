import { Failure } from "@wasm-header-filter/cli";
import type { WasmBytes } from "./wasm-bytes.ts";

/** The opcodes that matter by themselves (WebAssembly core specification 2.0, section 5.4). */
export const Op = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  returnCall: 0x12,
  returnCallIndirect: 0x13,
  drop: 0x1a,
  localGet: 0x20,
  globalGet: 0x23,
  globalSet: 0x24,
  i64Const: 0x42,
  i64Add: 0x7c,
  i32WrapI64: 0xa7,
} as const;

/** How many LEB128 numbers follow an opcode. */
const NUMBERS = new Map<number, number>([
  ...range(0x02, 0x04, 1),
  [0x0c, 1],
  [0x0d, 1],
  [0x10, 1],
  [0x11, 2],
  [0x12, 1],
  [0x13, 2],
  ...range(0x20, 0x26, 1),
  [0x3f, 1],
  [0x40, 1],
  [0x41, 1],
  [0x42, 1],
  [0xd0, 1],
  [0xd2, 1],
]);
const BARE = new Set([0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b, 0xd1, ...range(0x45, 0xc4, 0).map(([op]) => op)]);
/** Of the opcodes after 0xfc: saturating truncations, then bulk memory and tables. */
const BULK = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];

function range(from: number, to: number, count: number): [number, number][] {
  return Array.from({ length: to - from + 1 }, (_, at) => [from + at, count]);
}

/**
 * Reads one instruction.
 *
 * @param code at the instruction; after it afterwards
 * @returns its opcode; the first byte, where it has several
 * @throws Failure for an opcode of a feature that no variant uses: exceptions, garbage collection, threads
 */
export function readInstruction(code: WasmBytes): number {
  const start = code.at;
  const op = code.byte();
  const numbers = NUMBERS.get(op);
  if (numbers !== undefined) code.skipNumbers(numbers);
  else if (op === Op.brTable) code.skipNumbers(code.u32() + 1);
  else if (op === 0x1c) code.take(code.u32());
  else if (op >= 0x28 && op <= 0x3e) skipAddress(code);
  else if (op === 0x43 || op === 0x44) code.take(op === 0x43 ? 4 : 8);
  else if (!BARE.has(op) && !skipPrefixed(code, op)) {
    throw new Failure(`can't count instructions: unknown opcode 0x${op.toString(16)} at byte ${start} of the code`);
  }
  return op;
}

/** Alignment and offset; with bit 6 of the alignment, a memory's index between them. */
function skipAddress(code: WasmBytes): void {
  const alignment = code.u32();
  code.skipNumbers(alignment & 0x40 ? 2 : 1);
}

function skipPrefixed(code: WasmBytes, prefix: number): boolean {
  if (prefix !== 0xfc && prefix !== 0xfd) return false;
  const op = code.u32();
  if (prefix === 0xfc) {
    code.skipNumbers(BULK[op] ?? 0);
    return op < BULK.length;
  }
  const lane = op >= 0x54 && op <= 0x5b;
  if (op <= 0x0b || lane || op === 0x5c || op === 0x5d) skipAddress(code);
  if (op === 0x0c || op === 0x0d) code.take(16);
  if (lane || (op >= 0x15 && op <= 0x22)) code.take(1);
  return true;
}
