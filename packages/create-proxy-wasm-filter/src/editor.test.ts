import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { create } from "./create.ts";
import { stock } from "./stock.ts";

const root = mkdtempSync(join(tmpdir(), "editor-"));
afterAll(() => rmSync(root, { recursive: true }));

const installed = join(import.meta.dirname, "../../../node_modules");

/** What TypeScript says of a project, which is what an editor shows. */
function faultsOf(folder: string, ...options: string[]): string[] {
  const tsc = join(installed, "typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "--noEmit", "-p", folder, ...options], {
    cwd: folder,
    encoding: "utf8",
  });
  return stdout.split("\n").filter(Boolean);
}

test("an editor knows the SDK in a project in AssemblyScript", () => {
  const folder = join(root, "greeter");
  create({ folder, language: "assemblyscript", engine: "as", license: "MIT" }, stock);
  mkdirSync(join(folder, "node_modules"));
  for (const name of ["assemblyscript", "proxy-wasm-as"])
    symlinkSync(join(installed, name), join(folder, "node_modules", name));
  expect(faultsOf(folder)).toEqual([]);
  // AssemblyScript's own declarations have faults.
  const all = faultsOf(folder, "--skipLibCheck", "false");
  expect(all.filter((line) => !line.includes("/assemblyscript/std/"))).toEqual([]);

  const source = join(folder, "assembly/index.ts");
  const text = readFileSync(source, "utf8");
  const misspelt = text
    .replace("greeted.add(1)", 'greeted.ad("1")')
    .replace("Action.Continue", "Action.Contine")
    .replace("addHeader,", "addHeadr,")
    .replace("HELLO)", '"hello")');
  writeFileSync(source, misspelt);
  expect(faultsOf(folder).map((line) => line.replace(/^assembly\/index\.ts\(\d+,\d+\): error TS\d+: /, ""))).toEqual([
    "'\"proxy-wasm-as\"' has no exported member named 'addHeadr'. Did you mean 'addHeader'?",
    "Argument of type 'string' is not assignable to parameter of type 'Bytes'.",
    "Property 'ad' does not exist on type 'Counter'.",
    "Property 'Contine' does not exist on type 'typeof Action'. Did you mean 'Continue'?",
    "Cannot find name 'addHeader'. Did you mean 'addHeadr'?",
  ]);
});

test.each([undefined, ...Object.keys(stock.examples)])("a project in TypeScript has no faults, from %s", (example) => {
  const folder = join(root, `from-${example}`);
  create({ folder, language: "typescript", engine: "javy", license: "MIT", example }, stock);
  symlinkSync(installed, join(folder, "node_modules"));
  expect(faultsOf(folder)).toEqual([]);
});

test("an editor knows what a filter has, and what it does not", () => {
  const folder = join(root, "from-undefined");
  const source = join(folder, "src/filter.ts");
  writeFileSync(source, `${readFileSync(source, "utf8")}\nnew TextEncoder();\nfetch("/");\ndocument.title;\n`);
  expect(faultsOf(folder)).toEqual([
    expect.stringMatching(/Cannot find name 'fetch'/),
    expect.stringMatching(/Cannot find name 'document'/),
  ]);
});
