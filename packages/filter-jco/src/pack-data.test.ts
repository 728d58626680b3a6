import { expect, test } from "vitest";
import { concat, encodeSection } from "./bytes.ts";
import { packData } from "./pack-data.ts";

const HEAD = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const MEMORY = encodeSection(5, [1, 0, 1]);
const EXPORT = encodeSection(7, [1, 1, 0x6d, 2, 0]);

/** A module with one page of memory and these segments, each at an address below 64. */
function module(...segments: [address: number, ...bytes: number[]][]): Uint8Array {
  const data = segments.flatMap(([address, ...bytes]) => [0, 0x41, address, 0x0b, bytes.length, ...bytes]);
  return concat([HEAD, MEMORY, EXPORT, encodeSection(11, [segments.length, ...data])]);
}

function memoryOf(bytes: Uint8Array): number[] {
  const { m } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {}).exports as { m: WebAssembly.Memory };
  return [...new Uint8Array(m.buffer, 0, 300)];
}

test("memory stays what it is, in fewer and shorter segments", () => {
  const scattered = module([1, 1, 0, 2], [5, 3], [40, 0, 0, 4], [60, 5, 0, 0, 0, 0, 0, 0]);
  const packed = packData(scattered, () => {});
  expect(memoryOf(packed)).toEqual(memoryOf(scattered));
  expect(packed).toEqual(module([1, 1, 0, 2, 0, 3], [42, 4], [60, 5]));
});

test("an address whose top bit would be a sign is written with one more byte", () => {
  const packed = packData(module([60, 0, 0, 0, 0, 1]), () => {});
  expect(memoryOf(packed)[64]).toBe(1);
});

test("what is changed is packed", () => {
  const packed = packData(module([1, 1, 1, 1]), (memory) => memory.fill(0, 2));
  expect(packed).toEqual(module([1, 1]));
});
