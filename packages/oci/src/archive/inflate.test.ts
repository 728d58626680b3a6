import { deflateRawSync, inflateRawSync, constants as zlib } from "node:zlib";
import { expect, test } from "vitest";
import { inflate } from "./inflate.ts";

/** Bytes that are the same each time: some of them random, some text, some repeated. */
function sample(size: number): Uint8Array {
  let state = 1;
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const kind = (i >> 12) % 3;
    bytes[i] = kind === 0 ? state >>> 24 : kind === 1 ? 97 + ((state >>> 24) % 4) : (bytes[i - 40] ?? 0);
  }
  return bytes;
}

const SAMPLE = sample(200_000);

test.each([
  ["stored", { level: 0 }],
  ["fast", { level: 1 }],
  ["best", { level: 9 }],
  ["fixed codes", { strategy: zlib.Z_FIXED }],
  ["no matches", { strategy: zlib.Z_HUFFMAN_ONLY }],
] as const)("what zlib compresses: %s", (_, options) => {
  const packed = deflateRawSync(SAMPLE, options);
  const shifted = Buffer.concat([Buffer.from("xyz"), packed, Buffer.from("behind")]);
  const { bytes, end, error } = inflate(shifted, 3, 1e6);
  expect(error).toBeUndefined();
  expect(end).toBe(3 + packed.length);
  expect(Buffer.compare(bytes, SAMPLE)).toBe(0);
});

test("what comes before an error is there", () => {
  const packed = deflateRawSync(SAMPLE);
  for (const size of [0, 1, 100, 5000, packed.length - 1]) {
    const { bytes, error } = inflate(packed.subarray(0, size), 0, 1e6);
    expect(error).toBe("unexpected EOF");
    const all = inflateRawSync(packed.subarray(0, size), { finishFlush: zlib.Z_SYNC_FLUSH });
    expect(Buffer.compare(bytes, all)).toBe(0);
  }
});

test.each([0, 1, 1000, 70_000, SAMPLE.length - 1])("it stops at %i bytes", (limit) => {
  const { bytes, error } = inflate(deflateRawSync(SAMPLE), 0, limit);
  expect(error).toBeUndefined();
  expect(Buffer.compare(bytes, SAMPLE.subarray(0, limit))).toBe(0);
});

test("what zlib refuses is refused", () => {
  const packed = deflateRawSync(SAMPLE.subarray(0, 20_000));
  const refused = { ours: 0, zlib: 0 };
  for (let at = 0; at < 300; at++) {
    const changed = Buffer.from(packed);
    changed[at] = (changed[at] as number) ^ (1 << (at % 8));
    let expected: Uint8Array | undefined;
    try {
      expected = inflateRawSync(changed, { maxOutputLength: 1e6 });
    } catch {
      refused.zlib++;
    }
    const { bytes, error } = inflate(changed, 0, 1e6);
    if (error !== undefined) refused.ours++;
    if (expected) expect([error, Buffer.compare(bytes, expected)]).toEqual([undefined, 0]);
  }
  expect(refused.ours).toBe(refused.zlib);
  expect(refused.ours).toBeGreaterThan(100);
});
