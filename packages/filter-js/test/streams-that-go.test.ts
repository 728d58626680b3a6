import { expect, test } from "vitest";
import { streamsThatGo } from "./streams-that-go.ts";

test.each([
  ["javy", "async"],
  ["javy", "timers"],
  ["jco", "async"],
  ["jco", "timers"],
] as const)("%s, %s: clients that go away while their requests wait leave nothing", async (variant, example) => {
  const { warm, end } = await streamsThatGo(variant, example, 3000, 2000);
  // What is kept of a stream is hundreds of bytes, which is more than two pages for a thousand streams.
  expect(end - warm).toBeLessThanOrEqual(2);
});
