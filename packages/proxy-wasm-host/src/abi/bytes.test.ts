import { expect, test } from "vitest";
import { latin1, latin1Bytes, writeLatin1 } from "./bytes.ts";

test.each([0, 1, 32, 33, 256, 8192, 8193, 20_000])("%i bytes become as many characters, and the same bytes", (size) => {
  const all = Uint8Array.from({ length: size }, (_, at) => at);
  const ascii = all.map((byte) => byte % 128);
  for (const bytes of [all, ascii]) {
    const text = latin1(bytes);
    expect(text).toBe(Buffer.from(bytes).toString("latin1"));
    expect(latin1Bytes(text)).toEqual(bytes);
  }
});

test.each(["é".repeat(40), "a".repeat(40), `${"a".repeat(39)}\xff`])("nothing but the text is written: %s", (text) => {
  const bytes = new Uint8Array(44).fill(7);
  writeLatin1(bytes, text, 2);
  expect(Buffer.from(bytes)).toEqual(Buffer.from(`\x07\x07${text}\x07\x07`, "latin1"));
});

test("bytes that are UTF-8 but not ASCII stay one character each", () => {
  expect(latin1(Buffer.from("ü".repeat(20)))).toBe("Ã¼".repeat(20));
});
