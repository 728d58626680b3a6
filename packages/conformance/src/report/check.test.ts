import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../environment/temporary.ts";
import { record } from "../figures/recorded.ts";
import { checkBudgets } from "./check.ts";

const folder = temporaryFolder("check");
afterAll(() => folder.remove());
const cost = { hostCalls: [], entries: [], instructions: 1, instructionsOf1000: 1000 };

/** A variant's folder, built, with a budget. */
function variant(name: string, budget?: number | string) {
  const dir = join(folder.path, name);
  const module = join(dir, "plugin.wasm");
  mkdirSync(dir, { recursive: true });
  writeFileSync(module, "");
  if (budget !== undefined) record(dir, { kind: cost }, typeof budget === "number" ? { kind: budget } : budget);
  return { variant: name, dir, onDemand: false, dist: { module, layout: "", plugin: "" } };
}

async function check(
  variants: Parameters<typeof checkBudgets>[0],
  counts: Readonly<Record<string, number>> | string,
  env: NodeJS.ProcessEnv = {},
) {
  const lines: string[] = [];
  const good = await checkBudgets(
    variants,
    (line) => lines.push(line),
    () => {},
    async (asked) => {
      if (typeof counts === "string") return { reason: counts };
      return { counted: Object.fromEntries(asked.map(({ variant: name }) => [name, { kind: counts[name] ?? 0 }])) };
    },
    env,
  );
  return { good, lines };
}

test("each variant is held to the budget in its own folder", async () => {
  const variants = [variant("a", 1000), variant("b", 2000)];
  expect(await check(variants, { a: 1005, b: 2000 })).toEqual({
    good: true,
    lines: ["ok    a: kind: 1005, recorded 1000: +0.50 %", "ok    b: kind: 2000, recorded 2000: +0.00 %"],
  });
  const { good, lines } = await check(variants, { a: 1005, b: 2030 });
  expect(good).toBe(false);
  expect(lines[1]).toMatch(/^FAIL {2}b: kind: 2030, recorded 2000: \+1\.50 %/);
});

test("a variant whose folder says that it is not counted isn't", async () => {
  expect(await check([variant("c", "not counted: too many")], {})).toEqual({
    good: true,
    lines: ["skip  c: not counted: too many"],
  });
});

test("a variant without figures fails, and so does one that isn't built, unless it is built on demand", async () => {
  expect(await check([variant("d")], { d: 5 })).toEqual({
    good: false,
    lines: ["FAIL  d: kind: 5, none recorded: npm run report -- --record"],
  });
  await expect(check([], {})).rejects.toThrow("no variants");
  const unbuilt = { ...variant("e", 1), dist: { module: join(folder.path, "none"), layout: "", plugin: "" } };
  await expect(check([unbuilt], {})).rejects.toThrow("expected a built module: run npm run build");
  expect(await check([{ ...unbuilt, onDemand: true }], {})).toEqual({ good: true, lines: [] });
});

test("where nothing can be counted, it is skipped with the reason, and fails in CI", async () => {
  const variants = [variant("a", 1000)];
  expect(await check(variants, "no Envoy")).toEqual({
    good: true,
    lines: ["skip  CPU instructions in Envoy were not counted: no Envoy"],
  });
  await expect(check(variants, "no Envoy", { CI: "true" })).rejects.toThrow("no Envoy; in CI they must be");
});
