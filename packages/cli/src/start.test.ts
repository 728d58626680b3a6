import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { start } from "./start.ts";

const folder = mkdtempSync(join(tmpdir(), "start-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  process.exitCode = undefined;
});

const manifest = (value: object) => {
  writeFileSync(join(folder, "package.json"), JSON.stringify(value));
  return pathToFileURL(join(folder, "package.json"));
};

async function run(node: string | undefined, version: string) {
  const said = vi.spyOn(console, "error").mockReturnValue();
  const main = vi.fn(async () => {});
  await start(manifest({ name: "@a/b", ...(node && { engines: { node } }) }), main, version);
  const lines = said.mock.calls.map(([line]) => line);
  said.mockRestore();
  return { started: main.mock.calls.length, lines, status: process.exitCode };
}

test.each(["20.20.2", "22.18.9", "22.9.0", "8.0.0", "22.0.0"])(
  "Node %s is too old: one line, and nothing else runs",
  async (version) => {
    const line = `@a/b: Node ${version} is too old; expected 22.19.0 or newer; install a newer Node and run the command again`;
    expect(await run(">=22.19.0", version)).toEqual({ started: 0, lines: [line], status: 1 });
  },
);

test.each(["22.19.0", "22.19.1", "22.20.0", "24.0.0", "100.0.0", "25.0.0-nightly20260101"])(
  "Node %s is new enough",
  async (version) => {
    expect(await run(">=22.19.0", version)).toEqual({ started: 1, lines: [], status: undefined });
  },
);

test("a package that says nothing of Node runs on any", async () => {
  expect(await run(undefined, "20.0.0")).toEqual({ started: 1, lines: [], status: undefined });
});
