import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { verdicts } from "./verdicts.ts";

const INPUTS = [
  { name: "a number", input: "0x1F" },
  { name: "not a number", input: "e1" },
  { name: "refused", input: "a: .inf" },
];
const RECORD = new URL("./verdicts.record.json", import.meta.url);

test("what Kubernetes makes of YAML", async () => {
  const said = await verdicts("yaml", INPUTS, RECORD);
  expect(said.get("a number")).toEqual({ json: 31 });
  expect(said.get("not a number")).toEqual({ json: "e1" });
  expect(said.get("refused")).toEqual({ error: expect.stringContaining("unsupported value: +Inf") });
});

test("an input that is not recorded, or has changed, fails", async () => {
  vi.stubEnv("RECORD", undefined);
  const dir = mkdtempSync(join(tmpdir(), "verdicts-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = join(dir, "record.json");
  writeFileSync(file, JSON.stringify({ versions: {}, verdicts: { a: { input: "other", verdict: {} } } }));
  for (const name of ["a", "b"]) {
    await expect(verdicts("yaml", [{ name, input: "x" }], pathToFileURL(file))).rejects.toThrow(
      `lacks the input ${name}`,
    );
  }
});
