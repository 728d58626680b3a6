import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "..");
const readme = readFileSync(join(folder, "README.md"), "utf8");

test("the README shows what doctor prints for the built module", () => {
  const [, command = "", output] = /```console\n\$ npx (.+)\n([^`]+)```/.exec(readme) ?? [];
  const env = { ...process.env, PATH: `${join(folder, "../../node_modules/.bin")}:${process.env.PATH}` };
  expect(execFileSync("sh", ["-c", command], { cwd: folder, encoding: "utf8", env })).toBe(output);
});

test("the README's instructions are the recorded ones", () => {
  const figures = JSON.parse(readFileSync(join(folder, "figures.json"), "utf8"));
  const perRequest = (name: string) => Math.round(figures[name].instructionsOf1000 / 1000);
  expect(readme).toContain(
    `a request executes ${perRequest("without hello")} WebAssembly instructions in the module, ${perRequest("with hello")} with`,
  );
});
