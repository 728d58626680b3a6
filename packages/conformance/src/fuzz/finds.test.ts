import { randomFrom } from "@wasm-header-filter/cli/random";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readKept } from "./fixtures/kept.ts";
import { http1Input } from "./http1-input.ts";
import { http2Input } from "./http2-input.ts";
import { moduleInput } from "./module-input.ts";
import { type SocketFuzz, startSocketFuzz } from "./sockets.ts";
import { tryModule } from "./try-module.ts";

const kept = readKept();

let fuzz: SocketFuzz;
beforeAll(async () => {
  fuzz = await startSocketFuzz();
});
afterAll(() => fuzz?.close());

test.each(kept.map(({ name, what, ...inputs }) => [name, what, inputs] as const))("%s: %s", async (_, __, inputs) => {
  if (inputs.conversations.length > 0) expect(await fuzz.carryOut(inputs.conversations)).toBeUndefined();
  for (const module of inputs.modules) expect(await tryModule(module, randomFrom(0))).toBeUndefined();
});

test.each([
  ["http1", http1Input],
  ["http2", http2Input],
  ["modules", moduleInput],
] as const)("a seed determines the input: %s", (_, make) => {
  const inputs = [1, 1, 2].map((seed) => JSON.stringify(make(randomFrom(seed))));
  expect(inputs[0]).toBe(inputs[1]);
  expect(inputs[0]).not.toBe(inputs[2]);
});
