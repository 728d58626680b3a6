import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findRoot } from "@wasm-header-filter/oci";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sourceFiles } from "../src/fixtures/source-files.ts";

const root = findRoot(import.meta.dirname);
const copy = mkdtempSync(join(tmpdir(), "rebuilds-"));
const SCOPE = "@wasm-header-filter/";

beforeAll(() => {
  for (const path of sourceFiles(root)) cpSync(join(root, path), join(copy, path), { recursive: true, force: true });
});
afterAll(() => rmSync(copy, { recursive: true }));

/** The hash that each task has with the copy's files as they are. */
function hashes(...tasks: string[]): Map<string, string> {
  const turbo = join(root, "node_modules/.bin/turbo");
  const args = ["run", ...tasks, "--dry=json"];
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" };
  const stdout = execFileSync(turbo, args, { cwd: copy, encoding: "utf8", env, stdio: ["ignore", "pipe", "ignore"] });
  const dry = JSON.parse(stdout) as { tasks: { taskId: string; hash: string; command: string }[] };
  return new Map(
    dry.tasks
      .filter(({ command }) => command !== "<NONEXISTENT>")
      .map(({ taskId, hash }) => [taskId.replace(SCOPE, ""), hash]),
  );
}

/** The tasks that run again after a change. */
function rerun(change: () => void, ...tasks: string[]): string[] {
  const before = hashes(...tasks);
  change();
  return [...hashes(...tasks)].filter(([task, hash]) => before.get(task) !== hash).map(([task]) => task);
}

const append = (path: string) => () => appendFileSync(join(copy, path), "\n// changed\n");
const javyAndJco = ["javy", "jco"].flatMap((engine) => [`filter-${engine}#build`, `filter-${engine}#build:examples`]);

test.each([
  ["filter-js/src/header-filter.ts", [...javyAndJco, "manifests#build"]],
  ["filter-js/examples/tour/filter.ts", [...javyAndJco, "create-proxy-wasm-filter#build", "manifests#build"]],
  ["filter-as/assembly/index.ts", ["filter-as#build"]],
  ["proxy-wasm-as/assembly/index.ts", ["filter-as#build", "proxy-wasm-as#build"]],
  ["filter-javy/guest/header-filter.ts", ["filter-javy#build", "filter-javy#build:examples"]],
  ["proxy-wasm-host/src/check/inspection.ts", ["filter-as#build", "flight-recorder#build", ...javyAndJco]],
  ["source-maps/src/tracer.ts", ["filter-as#build", ...javyAndJco]],
  ["oci/src/pack.ts", ["filter-as#build", "manifests#build", ...javyAndJco]],
  ["filter-as/figures.json", []],
  ["filter-js/README.md", []],
])("a change of %s runs %j", (path, tasks) => {
  expect(rerun(append(`packages/${path}`), "build", "build:examples").sort()).toEqual([...tasks].sort());
});

test.each([
  ["filter-javy/build/bundles/guest.js", ["filter-javy#compile"]],
  ["filter-jco/build/bundles/guest.js", ["filter-jco#compile"]],
  ["filter-jco/build/bundles/examples/tour.js", ["filter-jco#compile:examples"]],
  ["filter-jco/src/lower.ts", ["filter-jco#compile", "filter-jco#compile:examples"]],
  ["filter-js/src/header-filter.ts", []],
])("of the modules in TypeScript, a change of %s compiles %j", (path, tasks) => {
  const file = join(copy, "packages", path);
  mkdirSync(dirname(file), { recursive: true });
  const change = () => (path.includes("/build/") ? writeFileSync(file, "changed") : append(`packages/${path}`)());
  expect(rerun(change, "compile", "compile:examples").sort()).toEqual([...tasks].sort());
});

test.each(["javy", "jco"])("%s: the bundle shows a changed string, and no comment", async (engine) => {
  const { bundle } = await import(`../../filter-${engine}/src/bundle.ts`);
  const filter = join(copy, "packages", `bundled-${engine}.ts`);
  const bundled = async (text: string, comment: string) => {
    const body = `onConfigure() {\n${comment}\nthrow new Error("${text}"); }`;
    writeFileSync(filter, `${comment}\nexport default () => ({ ${body} });\n`);
    return (await bundle(filter)).script;
  };
  const plain = await bundled("one", "");
  expect(await bundled("one", "/** Why. */")).toBe(plain);
  expect(await bundled("one", "// why")).toBe(plain);
  expect(await bundled("two", "")).not.toBe(plain);
});
