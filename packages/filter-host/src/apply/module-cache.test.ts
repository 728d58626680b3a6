import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "@wasm-header-filter/oci";
import { expect, onTestFinished, test, vi } from "vitest";
import { folder } from "../fixtures/apply.ts";
import { ModuleCache } from "./module-cache.ts";

/** Whether the disk is full: only the first bytes of a file still fit. */
const disk = vi.hoisted(() => ({ full: false }));
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const writeFileSync: typeof fs.writeFileSync = (path, data, options) => {
    if (!disk.full) return fs.writeFileSync(path, data, options);
    fs.writeFileSync(path, "half", options);
    fs.writeFileSync("/dev/full", data, options);
  };
  return { ...fs, writeFileSync };
});

const digest = (name: string) => digestOf(Buffer.from(name));
const bytes = (text: string) => new Uint8Array(Buffer.from(text));

test("what was written is read by its digest, also by another process", () => {
  const dir = join(folder(), "cache");
  expect(new ModuleCache(dir).read(digest("a"))).toBeUndefined();
  new ModuleCache(dir).write(digest("a"), bytes("module"));
  expect(Buffer.from(new ModuleCache(dir).read(digest("a")) ?? []).toString()).toBe("module");
  expect(new ModuleCache(dir).read(digest("b"))).toBeUndefined();
});

test("a file whose bytes have changed is as good as not there", () => {
  const dir = folder();
  const cache = new ModuleCache(dir);
  cache.write(digest("a"), bytes("module"));
  const [name = ""] = readdirSync(dir);
  writeFileSync(join(dir, name), "changed");
  expect(cache.read(digest("a"))).toBeUndefined();
  expect(readdirSync(dir)).toEqual([]);
});

test("above the limit, the least recently used modules are removed; a module above it is not cached", () => {
  const dir = folder();
  const cache = new ModuleCache(dir, 10);
  cache.write(digest("a"), bytes("aaaa"));
  cache.write(digest("b"), bytes("bbbb"));
  for (const [at, name] of readdirSync(dir).sort().entries()) utimesSync(join(dir, name), at, at);
  expect(cache.read(digest("a"))).toBeDefined();
  cache.write(digest("c"), bytes("cccc"));
  cache.write(digest("d"), bytes("too large by far"));
  expect(["a", "b", "c", "d"].filter((name) => cache.read(digest(name)))).toEqual(["a", "c"]);
});

test("a full disk is one line, and leaves nothing half-written", () => {
  const dir = folder();
  const cache = new ModuleCache(dir);
  disk.full = true;
  onTestFinished(() => {
    disk.full = false;
  });
  expect(() => cache.write(digest("a"), bytes("module"))).toThrow(`module cache ${dir}: the disk is full`);
  expect(readdirSync(dir)).toEqual([]);
});

test("what a process that has ended left half-written is removed; what one that runs is writing stays", () => {
  const dir = folder();
  const cache = new ModuleCache(dir);
  cache.write(digest("a"), bytes("module"));
  const [name = ""] = readdirSync(dir);
  const { pid } = spawnSync("true");
  const [gone, older, running] = [`${pid}-`, "", `${process.pid}-`].map((by) => `${name}.${by}${randomUUID()}`);
  for (const staged of [gone, older, running, "other"]) writeFileSync(join(dir, `${staged}`), "half");
  expect(new ModuleCache(dir).read(digest("b"))).toBeUndefined();
  expect(readdirSync(dir).sort()).toEqual([name, running, "other"]);
});
