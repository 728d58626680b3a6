import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../environment/temporary.ts";
import { loadDifferences } from "./differences.ts";

const folder = temporaryFolder("differences");
afterAll(() => folder.remove());

function load(yaml: string) {
  const file = join(folder.path, "differences.yaml");
  writeFileSync(file, yaml);
  return () => loadDifferences(["topic / case"], file);
}

test.each([
  ["- [", "expected a YAML list of differences"],
  ["moved: proxy_log", "expected a YAML list of differences"],
  ["- { cases: [topic / case], moved: proxy_log }", "[0].reason: expected the fields"],
  ["- { cases: [], moved: proxy_log, reason: r }", "[0].cases: expected the fields"],
  ["- { cases: [topic / case], moved: proxy_log, reason: r, more: 1 }", "[0].more: expected the fields"],
  ["- { cases: [topic / none], moved: proxy_log, reason: r }", "[0].cases: no case topic / none"],
])("%j is refused", (yaml, message) => {
  expect(load(yaml)).toThrow(message);
});

test("no differences are none", () => expect(load("")()).toEqual([]));
