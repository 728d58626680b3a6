import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { copyReached } from "./reached.ts";

const dir = mkdtempSync(join(tmpdir(), "reached-"));
afterAll(() => rmSync(dir, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(dir, "from", name, ".."), { recursive: true });
    writeFileSync(join(dir, "from", name), text);
  }
}
const copied = (name: string) => readFileSync(join(dir, "to", name), "utf8");

test("what a module imports is copied with it, and text that looks like an import stays as it is", () => {
  const text = 'export const text = `\nimport "./none.ts";\nexport * from "./none.ts"`;\n';
  write({
    "src/index.js": `import { a } from "./a/b.js"; ${text}`,
    "src/index.d.ts": 'export * from "./a/b.ts"; export declare const c: import("./a/c.ts").C;\n',
    "src/a/b.js": "export const a = 1;\n",
    "src/a/b.d.ts": "export declare const a = 1;\n",
    "src/a/c.d.ts": "export interface C {}\n",
    "src/other.js": "export {};\n",
  });
  copyReached(join(dir, "from"), ["src/index.ts"], join(dir, "to"));
  expect(copied("src/index.js")).toBe(`import { a } from "./a/b.js"; ${text}`);
  expect(copied("src/index.d.ts")).toBe('export * from "./a/b.js"; export declare const c: import("./a/c.js").C;\n');
  expect(copied("src/a/c.d.ts")).toBe("export interface C {}\n");
  expect(() => copied("src/other.js")).toThrow("ENOENT");
});

test("a module that is imported but not compiled", () => {
  write({ "src/lost.js": 'import "./nowhere.js";', "src/lost.d.ts": "" });
  expect(() => copyReached(join(dir, "from"), ["src/lost.ts"], join(dir, "to"))).toThrow(
    /nowhere\.js: imported, but not compiled$/,
  );
});
