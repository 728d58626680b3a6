import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findRoot } from "@wasm-header-filter/oci";
import { describe, expect, test } from "vitest";

const root = findRoot(import.meta.dirname);
const commands = globSync("packages/*/package.json", { cwd: root })
  .map((path) => join(root, path))
  .flatMap((path) =>
    Object.entries<string>(JSON.parse(readFileSync(path, "utf8")).bin ?? {}).map(([name, file]) => ({
      name,
      file: join(dirname(path), file),
    })),
  );

const help = (file: string, folder: string) =>
  execFileSync(process.execPath, [file, "--help"], {
    env: { PATH: process.env.PATH, TMPDIR: folder },
    encoding: "utf8",
  });

describe.each(commands)("$name", ({ name, file }) => {
  test("keeps its compiled modules below the folder for temporary files", () => {
    const folder = mkdtempSync(join(tmpdir(), "commands-"));
    try {
      expect(help(file, folder)).toContain(`Usage: ${name} `);
      // Commander is one of them: what is loaded before the cache is on would be missing.
      expect(globSync("node-compile-cache/*/*", { cwd: folder }).length).toBeGreaterThan(10);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("runs where there is no such folder", () => {
    expect(help(file, "/dev/null/none")).toContain(`Usage: ${name} `);
  });
});
