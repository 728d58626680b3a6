import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, inject, test } from "vitest";
import { requestCosts } from "./per-request.ts";
import { compareRecorded } from "./recorded.ts";

// What a request costs is exact: a change in either direction is to be seen, and recorded.
for (const { variant, module } of inject("subjects")) {
  test(`what a request costs / ${variant}`, { timeout: 600_000 }, async () => {
    expect(existsSync(module), `${module} is there: npm run build`).toBe(true);
    expect(compareRecorded(dirname(dirname(module)), await requestCosts(readFileSync(module)))).toEqual([]);
  });
}
