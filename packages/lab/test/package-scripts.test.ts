import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findRoot } from "@wasm-header-filter/oci";
import { expect, test } from "vitest";

const read = (name: string) => JSON.parse(readFileSync(join(findRoot(import.meta.dirname), name), "utf8"));

/** The installed packages that bring each command. */
function providers(): Map<string, string[]> {
  const packages: Record<string, { bin?: Record<string, string> }> = read("package-lock.json").packages;
  const found = new Map<string, string[]>();
  for (const [path, { bin = {} }] of Object.entries(packages)) {
    if (path.split("node_modules/").length !== 2) continue;
    for (const command of Object.keys(bin)) found.set(command, [...(found.get(command) ?? []), path]);
  }
  return found;
}

test("no script names a command that two packages bring: which one npm links depends on the order of installs", () => {
  const scripts: Record<string, string> = read("package.json").scripts;
  const words = new Set(Object.values(scripts).flatMap((script) => script.split(/\s+/)));
  const ambiguous = [...providers()].filter(([command, paths]) => words.has(command) && paths.length > 1);
  expect(ambiguous).toEqual([]);
  expect(providers().get("biome")).toHaveLength(1);
});
