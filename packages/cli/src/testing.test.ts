import { expect, test } from "vitest";
import { missingCommand, unless } from "./testing.ts";

test("a test is skipped only where something is missing, with the reason", () => {
  expect(unless("x is not installed")).toEqual({ skip: true, meta: { skipped: "x is not installed" } });
  expect(unless(undefined)).toEqual({ skip: false, meta: {} });
});

test("a command that is missing is told with what to install", () => {
  expect(missingCommand("no-such-command")).toBe("no-such-command is not installed: apt-get install no-such-command");
  expect(missingCommand(process.execPath)).toBeUndefined();
});
