import { expect, test } from "vitest";
import { readPlugin, readRecord } from "./plugin.ts";
import { sourcesDigest } from "./sources.ts";

test("the plugin is the one that its record tells of", () => {
  expect(readPlugin().length).toBe(readRecord().size);
});

test("the plugin was built of these sources: after a change, run plugin:build -- --update", () => {
  expect(readRecord().sources).toBe(sourcesDigest());
});
