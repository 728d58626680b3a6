import { expect, test } from "vitest";
import { encodeInScript, encodePairs, encodeRequest, encodeUtf8 } from "./encode.ts";

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
  const expected = new TextEncoder().encode(text);
  expect(encodeUtf8(text)).toEqual(expected);
  expect(encodeInScript(text.toWellFormed())).toEqual(expected);
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

test.each([1, 127, 128, 300])(
  "a text of %i characters, and so many headers, have their sizes in four bytes",
  (size) => {
    const header = ["n", "v".repeat(size)] as const;
    const view = new DataView(encodePairs([header]).buffer);
    expect([0, 4, 8].map((at) => view.getUint32(at, true))).toEqual([1, 1, size]);
    const many = encodePairs(Array.from({ length: size }, () => ["n", "v"] as const));
    expect(many.length).toBe(4 + 12 * size);
    expect(new DataView(many.buffer).getUint32(0, true)).toBe(size);
  },
);

test.each([
  ["/", []],
  ["/é", [["a", "b"]]],
  [`/${"x".repeat(200)}`, [["a", ""]]],
  ["/", [["long", "v".repeat(128)]]],
  ["/", Array.from({ length: 130 }, (): [string, string] => ["n", "v"])],
] as [string, [string, string][]][])("a request for %.9s has its pseudo-headers first", (path, headers) => {
  const start = [
    [":method", "GET"],
    [":path", path],
    [":authority", "a"],
  ] as const;
  expect(encodeRequest("GET", path, "a", headers)).toEqual(encodePairs([...start, ...headers]));
});
