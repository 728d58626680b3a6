import { expect, test } from "vitest";
import { streamsThatGo } from "../test/streams-that-go.ts";

test.each([
  ["javy", "async"],
  ["javy", "timers"],
  ["jco", "async"],
  ["jco", "timers"],
] as const)(
  "%s, %s: memory is flat over 100,000 requests that wait when their clients go away",
  { timeout: 900_000 },
  async (variant, example) => {
    const { warm, end } = await streamsThatGo(variant, example, 110_000, 10_000);
    // One page is less than a byte for each of them.
    expect(end - warm).toBeLessThanOrEqual(1);
  },
);
