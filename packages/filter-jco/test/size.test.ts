import { statSync } from "node:fs";
import { expect, test } from "vitest";

const LIMIT = 1_400_000;

test("the module is as small as it was promised to be", () => {
  expect(statSync(new URL("../dist/plugin.wasm", import.meta.url)).size).toBeLessThanOrEqual(LIMIT);
});
