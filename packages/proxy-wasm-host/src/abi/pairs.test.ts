import { expect, test } from "vitest";
import { hex } from "./bytes.ts";
import { decodePairs, encodePairs, PAIRS_MAX_BYTES, PAIRS_MAX_COUNT, type Pair } from "./pairs.ts";

test("pairs are read back as they were written, empty ones and bytes too", () => {
  const pairs: Pair[] = [
    [":path", "/"],
    ["empty", ""],
    ["bytes", "\u00ff\u0000\u0080"],
    ["empty", "again"],
  ];
  expect(decodePairs(encodePairs(pairs))).toEqual(pairs);
  expect(hex(encodePairs([["a", "bc"]]))).toBe("01000000" + "01000000" + "02000000" + "6100" + "626300");
});

const bytes = (...words: (number | string)[]): Buffer =>
  Buffer.concat(
    words.map((word) =>
      typeof word === "string" ? Buffer.from(word, "latin1") : Buffer.from(Uint32Array.of(word).buffer),
    ),
  );

test.each([
  ["nothing", bytes()],
  ["less than a count", Buffer.from([1, 0, 0])],
  ["a count without sizes", bytes(1)],
  ["a count that overflows", bytes(0x20000001, 0, 0, "\0\0")],
  ["more than the limit", encodePairs(Array.from({ length: PAIRS_MAX_COUNT + 1 }, () => ["a", "b"] as const))],
  ["a value cut off", bytes(1, 1, 9, "a\0bc\0")],
  ["no zero behind the name", bytes(1, 1, 1, "axb\0")],
  ["no zero behind the value", bytes(1, 1, 1, "a\0bx")],
  ["too many bytes", encodePairs([["a", "b".repeat(PAIRS_MAX_BYTES)]])],
])("malformed: %s", (_, malformed) => {
  expect(decodePairs(malformed)).toEqual([]);
});
