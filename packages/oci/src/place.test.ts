import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folder } from "./fixtures/folder.ts";
import { place } from "./place.ts";

test("a full disk is one line, and the old entries stay", async () => {
  const dir = folder({ "a/x": "old" });
  const writing = place(dir, ["a"], (staging) => {
    mkdirSync(join(staging, "a"));
    writeFileSync(join(staging, "a/x"), "half");
    writeFileSync("/dev/full", "new");
  });
  await expect(writing).rejects.toThrow(`${dir}: the disk is full`);
  expect(readdirSync(dir)).toEqual(["a"]);
  expect(readFileSync(join(dir, "a/x"), "utf8")).toBe("old");
});
