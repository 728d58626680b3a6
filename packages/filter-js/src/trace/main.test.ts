import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const dir = mkdtempSync(join(tmpdir(), "filter-js-trace-"));
afterAll(() => rmSync(dir, { recursive: true }));
const bin = join(import.meta.dirname, "bin.ts");
const path = join(dir, "plugin.wasm.map");

/** The second line's first position is line 12, column 7 of the source. */
const MAP = { version: 3, file: "filter.js", sources: ["guard.ts"], names: [], mappings: ";AAWM" };

test("keeps what it doesn't map byte for byte", () => {
  writeFileSync(path, JSON.stringify(MAP));
  const input = Buffer.from("\xff\r\n at function.mjs:2:1\r\n\n at function.mjs:2:1", "latin1");
  const output = execFileSync(process.execPath, [bin, path], { input });
  expect(output.toString("latin1")).toBe("\xff\r\n at guard.ts:12:7\r\n\n at guard.ts:12:7");
});

test("says in one line that a file is no map", () => {
  writeFileSync(join(dir, "other.json"), "{}");
  const { status, stderr } = spawnSync(process.execPath, [bin, join(dir, "other.json")], {
    encoding: "utf8",
    input: "",
  });
  expect(stderr).toBe(
    `filter-js-trace: map ${join(dir, "other.json")}: not a source map, expected the FILE.wasm.map of the module's build: no mappings and sources in it\n`,
  );
  expect(status).toBe(1);
});
