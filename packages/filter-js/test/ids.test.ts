import { expect, test, vi } from "vitest";
import { makeId } from "../examples/traceparent/ids.ts";

test("ids have all digits, and differ", () => {
  const ids = Array.from({ length: 1000 }, () => makeId(32));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[0-9a-f]{32}$/.test(id))).toEqual([]);
});

test("an id of only zeros is not taken", () => {
  const drawn = [0, 0, 5];
  vi.spyOn(crypto, "getRandomValues").mockImplementation((bytes) => {
    (bytes as unknown as Uint8Array).fill(drawn.shift() ?? 1);
    return bytes;
  });
  expect(makeId(16)).toBe("05".repeat(8));
});
