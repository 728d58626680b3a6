import { expect, test } from "vitest";
import { makeId } from "../examples/traceparent/ids.ts";

test("ids differ for one seed, and each of their bits is as often set as not", () => {
  const ids = Array.from({ length: 1000 }, () =>
    makeId("fixed 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", 32),
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[0-9a-f]{32}$/.test(id))).toEqual([]);
  const set = Array.from({ length: 128 }, (_, bit) => {
    const isSet = (id: string) => (Number.parseInt(id[bit >> 2] ?? "", 16) >> (bit & 3)) & 1;
    return ids.reduce((sum, id) => sum + isSet(id), 0);
  });
  // Six standard deviations: the standard deviation is 16.
  expect(set.filter((count) => Math.abs(count - 500) > 96)).toEqual([]);
});
