import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../environment/temporary.ts";
import { compareRecorded, readRecorded, record } from "./recorded.ts";

const folder = temporaryFolder("recorded");
afterAll(() => folder.remove());

const costs = {
  kind: { hostCalls: ["a", "b"], entries: ["c".repeat(120)], instructions: 7, instructionsOf1000: 7000 },
};

test("what is recorded is compared, and what isn't is told", () => {
  expect(compareRecorded(folder.path, costs)).toEqual([
    expect.stringMatching(/figures.json: no such file; write it with/),
  ]);
  const file = record(folder.path, costs);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(costs);
  expect(compareRecorded(folder.path, costs)).toEqual([]);
  const cheaper = { kind: { ...costs.kind, instructions: 6, hostCalls: ["a"] } };
  expect(compareRecorded(folder.path, cheaper)).toEqual([
    'kind: hostCalls: expected ["a","b"], got ["a"]',
    "kind: instructions: expected 7, got 6",
    "if that is meant: npm run report -- --record",
  ]);
  expect(compareRecorded(folder.path, {})).toHaveLength(5);
});

test("instructions in Envoy are recorded beside, and stay where they are not counted", () => {
  const recorded = (envoyInstructions: number | string) => ({ kind: { ...costs.kind, envoyInstructions } });
  record(folder.path, costs, { kind: 12_345 });
  expect(readRecorded(folder.path)).toEqual(recorded(12_345));
  record(folder.path, costs);
  expect(readRecorded(folder.path)).toEqual(recorded(12_345));
  expect(compareRecorded(folder.path, costs)).toEqual([]);
  record(folder.path, costs, "not counted: why");
  expect(readRecorded(folder.path)).toEqual(recorded("not counted: why"));
  expect(compareRecorded(folder.path, costs)).toEqual([]);
});
