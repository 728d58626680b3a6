import { expect, test } from "vitest";
import { decodeUtf8 } from "./utf8.ts";

test("takes what the strict TextDecoder takes, and nothing else", () => {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  // Every lead byte, with continuations at and beside each boundary that matters.
  const edges = [undefined, 0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
  for (let lead = 0; lead < 256; lead++) {
    for (const second of edges) {
      for (const third of edges) {
        for (const fourth of [undefined, 0x7f, 0x80, 0xbf, 0xc2]) {
          const bytes = Uint8Array.from([lead, second, third, fourth].filter((byte) => byte !== undefined));
          let expected: string | undefined;
          try {
            expected = strict.decode(bytes);
          } catch {}
          if (decodeUtf8(bytes) !== expected) expect.fail(`${bytes} is not ${expected}`);
        }
      }
    }
  }
});

test("long text goes together from its pieces", () => {
  const text = "aé☃\u{1f600}".repeat(5000);
  expect(decodeUtf8(new TextEncoder().encode(text))).toBe(text);
});
