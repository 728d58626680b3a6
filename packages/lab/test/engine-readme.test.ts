import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findRoot, readVariant } from "@wasm-header-filter/oci";
import { expect, onTestFinished, test } from "vitest";

const root = findRoot(import.meta.dirname);

test("the example of proxy-wasm-host's README does what its comments say", () => {
  const readme = readFileSync(join(root, "packages/proxy-wasm-host/README.md"), "utf8");
  const example = /```ts\n(import .*?)```/s.exec(readme)?.[1] ?? expect.unreachable("no example");
  expect(example.trim().split("\n").length).toBeLessThanOrEqual(20);

  const variant = readVariant(join(root, "packages/filter-as")) ?? expect.unreachable("filter-as is a variant");
  expect(variant.plugin, "not built, run npm run build").toBeDefined();
  const folder = mkdtempSync(join(tmpdir(), "engine-readme-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(root, "packages/proxy-wasm-host"), join(folder, "node_modules/proxy-wasm-host"));
  cpSync(variant.dist.module, join(folder, "plugin.wasm"));
  writeFileSync(join(folder, "example.mts"), example);
  const { stdout, stderr, status } = spawnSync(process.execPath, ["example.mts"], { cwd: folder, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  const promised = [...example.matchAll(/\/\/ prints (.*)$/gm)].map(([, line]) => line);
  expect(promised.length).toBeGreaterThan(2);
  expect(stdout.trim().split("\n")).toEqual(promised);
});
