import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";

const dir = mkdtempSync(join(tmpdir(), "filter-jco-adapter-"));
afterAll(() => rmSync(dir, { recursive: true }));

test("the adapter is the same in any folder, and takes nothing from an asconfig.json there", async () => {
  const config = {
    options: { runtime: "incremental", exportRuntime: true },
    targets: { release: { noAssert: false } },
  };
  writeFileSync(join(dir, "asconfig.json"), JSON.stringify(config));
  const adapters = [];
  const back = process.cwd();
  for (const folder of [back, dir]) {
    vi.resetModules();
    process.chdir(folder);
    try {
      adapters.push((await (await import("./adapter.ts")).compileAdapter()).bytes);
    } finally {
      process.chdir(back);
    }
  }
  const [here, there] = adapters;
  expect(here?.length).toBeGreaterThan(0);
  expect(Buffer.compare(Buffer.from(here ?? []), Buffer.from(there ?? []))).toBe(0);
});
