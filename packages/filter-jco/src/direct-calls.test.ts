import { expect, test } from "vitest";
import { CoreModule } from "./core-module.ts";
import { directCalls, withSlot } from "./direct-calls.ts";

const RECORD = 6;

/** A memory with tables of classes of these sizes, in which these classes are callable by a function with their number. */
function memoryWith(sizes: readonly number[], ...callable: number[]): Uint32Array {
  const memory = new Uint32Array(4096);
  for (const [table, size] of sizes.entries()) {
    for (let id = 1; id <= size; id++) {
      const record = [id, 500 + id, 0, 0, callable.includes(id) ? 200 + id : 0, 0];
      memory.set(record, 1000 * (table + 1) + (id - 1) * RECORD);
    }
  }
  return memory;
}

test("the last class that can be called is called through the other function; those of bound functions and of imports are noted", () => {
  const memory = memoryWith([69], 12, 14, 68);
  const before = memory.slice();
  directCalls(new Uint8Array(memory.buffer), 755);
  const at = 1000 + 67 * RECORD + 4;
  expect([...memory.keys()].filter((word) => memory[word] !== before[word])).toEqual([1, 3, at]);
  expect([memory[1], memory[3], memory[at]]).toEqual([214, 268, 755]);
});

test.each([
  ["none", memoryWith([40], 12, 14), 0],
  ["two", memoryWith([69, 69], 68), 2],
  ["one where bound functions have another class", memoryWith([69], 12, 13, 68), 1],
  ["one without any of the component's own", memoryWith([69], 12, 14), 1],
])("%s is an engine that isn't known", (_, memory, count) => {
  const edit = () => directCalls(new Uint8Array(memory.buffer), 755);
  expect(edit).toThrow(`found ${count} tables of classes`);
});

const module = (...table: number[]) =>
  new CoreModule(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 4, table.length, ...table));

test("a table gets room for one more", () => {
  const { bytes, slot } = withSlot(module(1, 0x70, 0, 0xff, 0x01));
  expect(slot).toBe(255);
  expect(new CoreModule(bytes).sections[0]?.body).toEqual(Uint8Array.of(1, 0x70, 0, 0x80, 0x02));
});

test("a table with a maximum isn't known", () => {
  expect(() => withSlot(module(1, 0x70, 1, 2, 2))).toThrow("expected one table of functions without a maximum");
});
