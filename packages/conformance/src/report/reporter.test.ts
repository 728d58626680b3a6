import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../environment/temporary.ts";

const VITEST = join(dirname(fileURLToPath(import.meta.resolve("vitest/package.json"))), "vitest.mjs");
const REPORTER = new URL("reporter.ts", import.meta.url).href;

/** Runs vitest on files of tests; gives the lines that begin with a count, and the exit status. */
function run(files: Readonly<Record<string, string>>, ...args: string[]): { closing: string[]; status: number | null } {
  const folder = temporaryFolder("reporter");
  onTestFinished(() => folder.remove());
  const config = `import { conformanceReporter } from ${JSON.stringify(REPORTER)};
    export default { test: { globals: true, include: ["*.test.js"], reporters: [conformanceReporter("reports")] } };`;
  for (const [name, text] of Object.entries({ "vitest.config.mjs": config, ...files }))
    writeFileSync(join(folder.path, name), text);
  const options = ["run", "--root", folder.path, "--config", "vitest.config.mjs", "--configLoader", "native"];
  const { stdout, status } = spawnSync(process.execPath, [VITEST, ...options, ...args], { encoding: "utf8" });
  const closing = stdout
    .trim()
    .split("\n")
    .filter((line) => /^\d+ (passed|skipped)/.test(line));
  return { closing, status };
}

/** Each of these files fails once. */
const FAILING = {
  "test.test.js": 'test("a", () => { throw new Error("x") });',
  "before-all.test.js":
    'describe("s", () => { beforeAll(() => { throw new Error("x") }); test("a", () => {}); test("b", () => {}) });',
  "after-all.test.js": 'describe("s", () => { afterAll(() => { throw new Error("x") }); test("a", () => {}) });',
  "after-file.test.js": 'afterAll(() => { throw new Error("x") }); test("a", () => {});',
  "load.test.js": 'throw new Error("x");',
  "collect.test.js": 'describe("s", () => { throw new Error("x") });',
  "no-tests.test.js": "",
  "uncaught.test.js":
    'test("a", () => { setTimeout(() => { throw new Error("x") }); return new Promise((end) => setTimeout(end, 100)) });',
};

const SKIPPED = `
  test("good", () => {});
  describe("s", { skip: true, meta: { skipped: "x is not installed" } }, () => {
    test("a", () => {});
    describe("t", () => test("b", () => {}));
  });
  test.each([1, 2])("c %s", { skip: true, meta: { skipped: "y is not installed" } }, () => {});
  test("d", ({ skip }) => skip("x is not installed"));
  test.skip("e", () => {});`;

test("each kind of failure counts, and each reason for skipped tests has a line", () => {
  expect(run({ ...FAILING, "skipped.test.js": SKIPPED })).toEqual({
    closing: expect.arrayContaining([
      "2 skipped: a hook of their suite failed",
      "3 skipped: x is not installed",
      "2 skipped: y is not installed",
      "1 skipped: no reason given",
      `4 passed, ${Object.keys(FAILING).length} failed, 8 skipped`,
    ]),
    status: 1,
  });
});

test("tests that were not chosen have their own reason", () => {
  expect(run({ "skipped.test.js": SKIPPED }, "--testNamePattern", "good|s a")).toEqual({
    closing: [
      "1 skipped: x is not installed",
      "5 skipped: not chosen by --testNamePattern",
      "1 passed, 0 failed, 6 skipped",
    ],
    status: 0,
  });
});
