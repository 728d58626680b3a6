import { expect, test } from "vitest";
import { encodePairs, encodeUtf8 } from "./encode.ts";

test.each([
  "",
  "plain",
  "é ߿ ࠀ ￿ \u{10000} \u{10ffff}",
  "\ud800",
  "a\udfffb",
  "\ud83d\ude00\ud83d",
  "\u0000",
  "x".repeat(5000),
])("%j is encoded as TextEncoder does", (text) => {
  expect(encodeUtf8(text)).toEqual(new TextEncoder().encode(text));
});

test("headers are serialised with their count and sizes, and a zero byte after each text", () => {
  const text = "\x02\0\0\0" + "\x01\0\0\0\x02\0\0\0" + "\x02\0\0\0\0\0\0\0" + "a\0bc\0" + "é\0\0";
  expect(
    encodePairs([
      ["a", "bc"],
      ["é", ""],
    ]),
  ).toEqual(new TextEncoder().encode(text));
  expect(encodePairs([])).toEqual(new Uint8Array(0));
});
