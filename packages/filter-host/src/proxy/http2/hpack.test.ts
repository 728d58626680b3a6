import { expect, test } from "vitest";
import { CompressionError, HpackDecoder } from "./hpack-decoder.ts";
import { encodeHeaders } from "./hpack-encoder.ts";

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ""), "hex");

/** The headers of blocks that one decoder reads, each block in fragments of a size. */
function read(blocks: readonly Buffer[], size = Number.POSITIVE_INFINITY): string[][] {
  const decoder = new HpackDecoder();
  return blocks.map((block) => {
    const fields: string[] = [];
    const step = Math.min(size, Math.max(1, block.length));
    for (let at = 0; at === 0 || at < block.length; at += step) {
      decoder.read(block.subarray(at, at + step), at + step >= block.length, (name, value) =>
        fields.push(`${name}: ${value}`),
      );
    }
    return fields;
  });
}

// RFC 7541, appendix C.4: requests with Huffman codes and a dynamic table.
const REQUESTS = [
  "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
  "8286 84be 5886 a8eb 1064 9cbf",
  "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
].map(hex);

test.each([Number.POSITIVE_INFINITY, 1, 2, 7])("blocks are read whatever their fragments are: %d bytes", (size) => {
  const get = [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"];
  expect(read(REQUESTS, size)).toEqual([
    get,
    [...get, "cache-control: no-cache"],
    [":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com", "custom-key: custom-value"],
  ]);
});

test("what is encoded is decoded, every byte of a value too", () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at)).toString("latin1");
  const fields = [
    [":status", "200"],
    [":status", "299"],
    ["x-all", bytes],
    ["a", ""],
    ["date", "x".repeat(70_000 - 5_000)],
  ] as const;
  expect(read([encodeHeaders(fields)], 1000)[0]).toEqual(fields.map(([name, value]) => `${name}: ${value}`));
});

test.each([
  ["an index of 0", "80"],
  ["an index of no entry", "ff00"],
  ["an integer that is too large", "ffffffffff7f"],
  ["a string that ends too early", "000161056162"],
  ["a string that is too large", "00016 17fffffff7f".replace(" ", "")],
  ["a table that is too large", "3fe1ff03"],
  ["a table's size behind a header", "8220"],
  ["padding that is not one", "41 81 00"],
  ["padding of a whole byte", "41 82 1f ff"],
  ["the end of a string within it", "41 84 ffffffff"],
])("a block with %s is refused", (_, block) => {
  expect(() => read([hex(block)])).toThrow(CompressionError);
});

test("a table forgets its oldest entries", () => {
  const kept = (value: string) => Buffer.concat([hex("40 01 61"), Buffer.of(value.length), Buffer.from(value)]);
  const fill = Buffer.concat(Array.from({ length: 60 }, (_, at) => kept(`${at}`.padEnd(100, "x"))));
  // 4,096 bytes hold 30 entries of 133 bytes: index 62 is the newest one, 91 the oldest.
  expect(read([fill, hex("be ff 1c".replace("ff 1c", "db"))])[1]?.map((line) => line.slice(0, 5))).toEqual([
    "a: 59",
    "a: 30",
  ]);
  expect(() => read([fill, hex("dc")])).toThrow(CompressionError);
});
