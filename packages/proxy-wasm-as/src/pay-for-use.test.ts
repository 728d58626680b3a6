import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { compile } from "./compile.ts";
import { compileSource } from "./compile-source.ts";
import { costs } from "./costs.ts";

const folder = join(import.meta.dirname, "..");

/** The size, imports and exports of a module. */
function outline(binary: Uint8Array) {
  const module = new WebAssembly.Module(new Uint8Array(binary));
  return {
    size: binary.length,
    imports: WebAssembly.Module.imports(module)
      .map(({ module, name }) => `${module}.${name}`)
      .sort(),
    exports: WebAssembly.Module.exports(module)
      .map(({ name }) => name)
      .sort(),
  };
}

describe("a filter with one callback that does nothing", () => {
  const expected = {
    imports: [],
    exports: ["_initialize", "malloc", "memory", "proxy_abi_version_0_2_1", "proxy_on_request_headers"],
  };

  test("in the target raw: less than 1 kB", async () => {
    const { size, ...rest } = outline((await compile(join(folder, "probes/minimal"), "raw")).module);
    expect(rest).toEqual(expected);
    expect(size).toBeLessThan(1000);
  });

  test("in the target release: AssemblyScript's memory manager on top", async () => {
    const { size, ...rest } = outline((await compile(join(folder, "probes/minimal"), "release")).module);
    expect(rest).toEqual({ ...expected, imports: ["env.proxy_log"] });
    expect(size).toBeLessThan(3000);
  });
});

test("the README's filter, and what doctor prints for it", async () => {
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  const [, source] = /```ts\n(import[\s\S]*?)```/.exec(readme) ?? [];
  const { module } = await compileSource(source ?? "", "raw");
  const { size, imports } = outline(module);
  expect(imports).toEqual([
    "env.proxy_add_header_map_value",
    "env.proxy_define_metric",
    "env.proxy_get_header_map_value",
    "env.proxy_increment_metric",
  ]);
  expect(size).toBeLessThan(2100);
  const built = mkdtempSync(join(tmpdir(), "proxy-wasm-as-"));
  onTestFinished(() => rmSync(built, { recursive: true }));
  writeFileSync(join(built, "filter.wasm"), module);
  const doctor = [join(folder, "../../node_modules/.bin/filter-host"), "doctor", "filter.wasm"];
  expect(readme).toContain(`\n${execFileSync(process.execPath, doctor, { cwd: built, encoding: "utf8" })}\`\`\`\n`);
});

test("the README says what each part costs", async () => {
  expect(readFileSync(join(folder, "README.md"), "utf8")).toContain(await costs());
});
