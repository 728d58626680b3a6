import { expect, test } from "vitest";
import { requestsWithCallOuts } from "../test/call-outs.ts";

/** `CALL_OUTS=1000000` takes ten minutes. */
const REQUESTS = Number(process.env.CALL_OUTS ?? 100_000);
const SETTLE = 10_000;

test.each([
  ["javy", "ext-authz"],
  ["javy", "ext-authz-async"],
  ["jco", "ext-authz"],
  ["jco", "ext-authz-async"],
] as const)(
  `%s, %s: memory is flat over ${REQUESTS} requests with a call-out`,
  { timeout: 7_200_000 },
  async (variant, example) => {
    const { warm, end } = await requestsWithCallOuts(variant, example, REQUESTS, SETTLE);
    console.log(`${variant}, ${example}: ${warm} pages after ${SETTLE} requests, ${end} after ${REQUESTS}`);
    expect(end).toBe(warm);
  },
);
