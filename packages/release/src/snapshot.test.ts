import { expect, test } from "vitest";
import { isAnySnapshot, isSnapshot } from "./snapshot.ts";

test("a snapshot is known by its name", () => {
  expect(isSnapshot("0.0.0-pr-7-20261122203500", "pr-7")).toBe(true);
  expect(isSnapshot("0.0.0-pr-7-20261122203500", "pr")).toBe(false);
  expect(isSnapshot("0.0.0-pr-7.1-20261122203500", "pr-7")).toBe(false);
});

test("a snapshot is known without its name, and a pre-release is none", () => {
  expect(["0.0.0-pr-7-20261122203500", "1.2.3", "1.0.0-next.0", "0.0.0-next.0"].map(isAnySnapshot)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
