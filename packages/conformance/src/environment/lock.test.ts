import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { lock } from "./lock.ts";

const folder = mkdtempSync(join(tmpdir(), "lock-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A process id that no process has any more. */
const ended = () => spawnSync(process.execPath, ["--eval", ""]).pid;

test("one holder at a time; a released lock leaves nothing behind", async () => {
  const path = join(folder, "lock");
  const unlock = await lock(path, 1);
  expect(readFileSync(path, "utf8")).toBe(String(process.pid));
  const order: string[] = [];
  const others = ["second", "third"].map(async (name) => {
    const release = await lock(path, 1);
    order.push(name);
    release();
  });
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  expect(order).toEqual([]);
  unlock();
  await Promise.all(others);
  expect(order.sort()).toEqual(["second", "third"]);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ["an ended process", () => String(ended())],
  ["nothing", () => ""],
  ["no process id", () => "garbage"],
])("a lock file of %s is taken over", async (_, content) => {
  const path = join(folder, "stale");
  writeFileSync(path, content());
  const unlock = await lock(path, 1);
  expect(readFileSync(path, "utf8")).toBe(String(process.pid));
  unlock();
  expect(existsSync(path)).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
});
