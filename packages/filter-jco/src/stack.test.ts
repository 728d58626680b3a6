import { expect, test } from "vitest";
import { limitStack } from "./stack.ts";

const MIB = 1 << 20;

/** What the runtime's record begins with. */
const FUNCTIONS = [373, 374, 375, 376, 377];

/** A memory with these words from 2 MiB on, and unused data on the stack. */
function memoryWith(...words: number[]): Uint32Array {
  const memory = new Uint32Array((3 * MIB) >> 2);
  memory[1000] = 1;
  memory.set(words, (2 * MIB) >> 2);
  memory.set(FUNCTIONS, (2 * MIB - 624) >> 2);
  return memory;
}

function twoRecords(): Uint32Array {
  const memory = memoryWith(256 << 10, 0, MIB, 0);
  memory.set(FUNCTIONS, (2 * MIB + 8192 - 624) >> 2);
  memory.set([256 << 10, 0, MIB, 0], (2 * MIB + 8192) >> 2);
  return memory;
}

test("the stack gets a limit where it had none, and what lies on it is cleared", () => {
  const memory = memoryWith(256 << 10, 0, MIB - 496, 0, 7);
  limitStack(new Uint8Array(memory.buffer));
  const top = MIB - 496;
  expect([...memory.subarray((2 * MIB) >> 2, ((2 * MIB) >> 2) + 5)]).toEqual([256 << 10, 65536, top, top - 65536, 7]);
  expect(memory[1000]).toBe(0);
});

test("the threshold of garbage may have grown with the script", () => {
  const memory = memoryWith(700_000, 0, MIB - 496, 0);
  limitStack(new Uint8Array(memory.buffer));
  expect(memory[((2 * MIB) >> 2) + 1]).toBe(65536);
});

test("words of other data that are alike are no record", () => {
  const memory = memoryWith(256 << 10, 0, MIB - 496, 0);
  memory.set([256 << 10, 0, MIB - 1, 0], (2 * MIB + 4096) >> 2);
  limitStack(new Uint8Array(memory.buffer));
  expect(memory[((2 * MIB) >> 2) + 1]).toBe(65536);
});

test.each([
  ["none", memoryWith(256 << 10, 4096, MIB - 496, MIB - 496 - 4096), 0],
  ["two", twoRecords(), 2],
])("%s that fits is an engine that isn't known", (_, memory, count) => {
  expect(() => limitStack(new Uint8Array(memory.buffer))).toThrow(`found ${count} records of its bounds`);
});
