import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileAdapter } from "./adapter.ts";
import { exportsOf } from "./callbacks.ts";
import { readComponent } from "./component.ts";
import { CoreModule } from "./core-module.ts";
import { definedCallbacks } from "./defined.ts";
import { instantiate } from "./instantiate.ts";
import { link } from "./link.ts";
import { binaryen } from "./toolchain.ts";

/** For size: V8 inlines by itself, so optimizing for speed made modules 50 kB larger and requests not cheaper. */
const optimizations = ["--strip-debug", "-Oz", "--gufa", "-Oz"];

/**
 * Lowers a component of the world `filter` (`wit/filter.wit`) to one core module that a Proxy-Wasm host loads.
 *
 * @param component the component's bytes
 * @returns the module's bytes
 * @throws Failure for a component that its tools have built in a way this step doesn't know
 */
export async function lower(component: Uint8Array): Promise<Uint8Array> {
  const { parts, stubs } = link(instantiate(readComponent(component)), await compileAdapter());
  const folder = await mkdtemp(join(tmpdir(), "filter-jco-"));
  const file = (name: string) => join(folder, name);
  try {
    await writeFile(file("stubs.wat"), stubs);
    await binaryen("wasm-as", [file("stubs.wat"), "-o", file("stubs.wasm")]);
    for (const { name, bytes } of parts) await writeFile(file(`${name}.wasm`), bytes);
    const named = [...parts.map(({ name }) => name), "stubs"].flatMap((name) => [file(`${name}.wasm`), name]);
    await binaryen("wasm-merge", ["--rename-export-conflicts", ...named, "-o", file("merged.wasm")]);
    const merged = new CoreModule(await readFile(file("merged.wasm")));
    const wanted = exportsOf(await definedCallbacks(merged.bytes));
    await writeFile(file("trimmed.wasm"), merged.withExports(({ name }) => wanted.has(name)));
    await binaryen("wasm-opt", [...optimizations, file("trimmed.wasm"), "-o", file("plugin.wasm")]);
    return await readFile(file("plugin.wasm"));
  } finally {
    await rm(folder, { recursive: true });
  }
}
