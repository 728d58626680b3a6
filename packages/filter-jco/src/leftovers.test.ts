import { expect, test } from "vitest";
import { clearScript, clearSources } from "./leftovers.ts";

const script = `export default (host) => ({ onConfigure() {} }); // ${Array.from({ length: 60 }, (_, at) => at).join(" ")}`;

test("a freed copy of the script is cleared, one in use stays", () => {
  const used = Buffer.from(script);
  const freed = Buffer.from(script).fill(1, 0, 16);
  const memory = Buffer.concat([Buffer.from("before"), freed, Buffer.alloc(8), used, Buffer.from("after")]);
  const cleared = Buffer.from(memory);
  clearScript(cleared, script);
  const zeros = cleared.subarray(6 + 64, 6 + freed.length);
  expect(zeros.every((byte) => byte === 0)).toBe(true);
  zeros.set(memory.subarray(6 + 64, 6 + freed.length));
  expect(cleared.equals(memory)).toBe(true);
});

test("a script that is too short for anything to be left of it", () => {
  const memory = Buffer.from("0");
  clearScript(memory, "0");
  expect(memory.toString()).toBe("0");
});

test("a function's record loses its source, what only looks like one stays", () => {
  const source = "onConfigure() {}";
  const memory = Buffer.from(new ArrayBuffer(96));
  const words = new Uint32Array(memory.buffer);
  memory.write(source, 64);
  words.set([0, source.length, 7, 7, 64], 0);
  words.set([source.length - 1, 7, 7, 64], 8);
  words.set([4, 7, 7, 64 + source.length - 4], 12);
  const before = Uint32Array.from(words);
  clearSources(memory, script);
  expect(memory.toString("latin1", 64, 64 + source.length)).toBe("\0".repeat(source.length));
  before.set([0, 0, 7, 7, 0], 0);
  expect(words.subarray(0, 16)).toEqual(before.subarray(0, 16));
});
