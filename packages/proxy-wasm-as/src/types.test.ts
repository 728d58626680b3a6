import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "..");
const modules = join(folder, "../../node_modules");

test("TypeScript finds no fault in the examples: editors show none", () => {
  const scratch = mkdtempSync(join(tmpdir(), "types-"));
  try {
    const config = {
      extends: join(modules, "assemblyscript/std/assembly.json"),
      include: [join(folder, "examples/*/assembly")],
    };
    writeFileSync(join(scratch, "tsconfig.json"), JSON.stringify(config));
    const tsc = [join(modules, "typescript/bin/tsc"), "--noEmit", "--listFiles", "-p", scratch];
    const { stdout } = spawnSync(process.execPath, tsc, { encoding: "utf8" });
    const lines = stdout.split("\n");
    // AssemblyScript's own declarations have faults.
    expect(lines.filter((line) => line.includes(": error ") && !line.includes("/assemblyscript/std/"))).toEqual([]);
    expect(lines.filter((line) => line.endsWith("dist/types/index.d.ts")).length).toBe(1);
    expect(lines.filter((line) => /examples\/\w+(-\w+)?\/assembly\/index\.ts$/.test(line)).length).toBeGreaterThan(8);
  } finally {
    rmSync(scratch, { recursive: true });
  }
});
