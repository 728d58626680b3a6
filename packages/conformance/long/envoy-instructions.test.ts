import { unless } from "@wasm-header-filter/cli/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { added, envoyInstructions, unsteppable } from "../src/figures/envoy-instructions.ts";
import { NO_FILTER, type WarmEnvoy, warmEnvoy } from "../src/figures/warm-envoy.ts";
import { findEnvoy } from "../src/proxies/envoy/find.ts";

const found =
  process.platform === "linux" ? await findEnvoy() : { reason: "threads are stepped through on Linux only" };
const missing = "reason" in found ? found.reason : undefined;

describe("CPU instructions in Envoy", { ...unless(missing), timeout: 300_000 }, () => {
  let envoy: WarmEnvoy;
  beforeAll(async () => {
    envoy = await warmEnvoy("path" in found ? found.path : "", new Map([[NO_FILTER, undefined]]), 10);
  });
  afterAll(() => envoy?.close());

  test("a thread is stepped through, and serves afterwards", async (context) => {
    const counts = await envoyInstructions(envoy, envoy.names, () => {}, 2);
    if ("reason" in counts) return context.skip(counts.reason);
    for (const kind of ["without hello", "with hello"])
      expect(counts.counted[kind]?.[NO_FILTER]).toBeGreaterThan(10_000);
    await envoy.send(NO_FILTER, "with hello", 10);
  });

  test("where a thread can't be stepped through, it says why", async () => {
    vi.stubEnv("PATH", "");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await envoyInstructions(envoy, envoy.names, () => {}, 2)).toEqual({
      reason: expect.stringContaining("python3"),
    });
  });
});

test("what a module adds is its count less that of no filter", () => {
  const counted = { one: { [NO_FILTER]: 100, a: 130, b: 101 }, two: { [NO_FILTER]: 200, a: 240, b: 202 } };
  expect(added(counted)).toEqual({ a: { one: 30, two: 40 }, b: { one: 1, two: 2 } });
});

test("a module that runs more than a million instructions for one kind of request is not stepped through", () => {
  const cost = { hostCalls: [], entries: [], instructions: 1_000_000, instructionsOf1000: 0 };
  expect(unsteppable({ one: cost })).toBeUndefined();
  expect(unsteppable({ one: cost, two: { ...cost, instructions: 1_000_001 } })).toMatch("more than a million");
});
