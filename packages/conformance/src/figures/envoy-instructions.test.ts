import { unless } from "@wasm-header-filter/cli/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { findEnvoy } from "../proxies/envoy/find.ts";
import { envoyInstructions } from "./envoy-instructions.ts";
import { type WarmEnvoy, warmEnvoy } from "./warm-envoy.ts";

const found =
  process.platform === "linux" ? await findEnvoy() : { reason: "threads are stepped through on Linux only" };
const missing = "reason" in found ? found.reason : undefined;

describe("CPU instructions in Envoy", { ...unless(missing), timeout: 300_000 }, () => {
  let envoy: WarmEnvoy;
  beforeAll(async () => {
    envoy = await warmEnvoy("path" in found ? found.path : "", new Map([["none", undefined]]), 10);
  });
  afterAll(() => envoy?.close());

  test("a thread is stepped through, and serves afterwards", async (context) => {
    const counts = await envoyInstructions(envoy, envoy.names, () => {}, 2);
    if ("reason" in counts) return context.skip(counts.reason);
    for (const kind of ["without hello", "with hello"]) expect(counts.counted[kind]?.none).toBeGreaterThan(10_000);
    await envoy.send("none", "with hello", 10);
  });

  test("where a thread can't be stepped through, it says why", async () => {
    vi.stubEnv("PATH", "");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await envoyInstructions(envoy, envoy.names, () => {}, 2)).toEqual({
      reason: expect.stringContaining("python3"),
    });
  });
});
