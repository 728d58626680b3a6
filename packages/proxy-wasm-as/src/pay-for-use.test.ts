import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compile } from "./compile.ts";

const folder = join(import.meta.dirname, "..");

/** What a filter's module asks for and offers. */
async function outline(filter: string, target: "release" | "raw") {
  const binary = await compile(filter, target);
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
    const { size, ...rest } = await outline(join(folder, "probes/minimal"), "raw");
    expect(rest).toEqual(expected);
    expect(size).toBeLessThan(1000);
  });

  test("in the target release: AssemblyScript's memory manager on top", async () => {
    const { size, ...rest } = await outline(join(folder, "probes/minimal"), "release");
    expect(rest).toEqual({ ...expected, imports: ["env.proxy_log"] });
    expect(size).toBeLessThan(3000);
  });
});

test("the README's filter", async () => {
  const [, source] = /```ts\n(import[\s\S]*?)```/.exec(readFileSync(join(folder, "README.md"), "utf8")) ?? [];
  const filter = mkdtempSync(join(tmpdir(), "proxy-wasm-as-"));
  try {
    mkdirSync(join(filter, "assembly"));
    mkdirSync(join(filter, "node_modules"));
    symlinkSync(folder, join(filter, "node_modules/proxy-wasm-as"));
    writeFileSync(join(filter, "assembly/index.ts"), source ?? "");
    writeFileSync(
      join(filter, "asconfig.json"),
      JSON.stringify({ extends: "proxy-wasm-as/asconfig.json", entries: ["assembly/index.ts"] }),
    );
    const { size, imports } = await outline(filter, "raw");
    expect(imports).toEqual([
      "env.proxy_add_header_map_value",
      "env.proxy_define_metric",
      "env.proxy_get_header_map_value",
      "env.proxy_increment_metric",
    ]);
    expect(size).toBeLessThan(2100);
  } finally {
    rmSync(filter, { recursive: true });
  }
});
