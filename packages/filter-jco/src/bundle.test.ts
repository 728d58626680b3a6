import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { oneLine } from "@wasm-header-filter/cli";
import { afterAll, expect, test } from "vitest";
import { bundle } from "./bundle.ts";

const dir = mkdtempSync(join(tmpdir(), "filter-jco-bundle-"));
afterAll(() => rmSync(dir, { recursive: true }));

test.each([
  [
    "export default () => ({ onConfigure() {}, onRequestHeader() {} });",
    /filter\.ts:1:43: onRequestHeader is not a callback of a filter: the nearest is onRequestHeaders$/,
  ],
  [
    "export default () => ({ onConfigure() { fetch('http://a'); } });",
    /filter\.ts:1:41: fetch does not exist in a filter: call a cluster with httpCall$/,
  ],
  [
    "import { readFileSync } from 'node:fs'; export default () => ({ onConfigure: () => readFileSync('a') });",
    /filter\.ts:1:1: the module node:fs does not exist in a filter: a filter has no files/,
  ],
  ["export const filter = 1;", /filter\.ts: no default export, expected such as export default defineFilter/],
])("%s fails the build", async (source, text) => {
  const file = join(dir, "filter.ts");
  writeFileSync(file, source);
  expect(await bundle(file).catch(oneLine)).toMatch(text);
});
