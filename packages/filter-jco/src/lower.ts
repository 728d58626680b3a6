import { readFile, writeFile } from "node:fs/promises";
import { dispatchedExports } from "@wasm-header-filter/filter-js/callbacks";
import { compileAdapter } from "./adapter.ts";
import { ALWAYS, exportsOf } from "./callbacks.ts";
import { readComponent } from "./component.ts";
import { CoreModule } from "./core-module.ts";
import { definedCallbacks } from "./defined.ts";
import { directCalls } from "./direct-calls.ts";
import type { Engine } from "./engine.ts";
import { instantiate } from "./instantiate.ts";
import { clearScript, clearSources } from "./leftovers.ts";
import { link } from "./link.ts";
import { packData } from "./pack-data.ts";
import { limitStack } from "./stack.ts";
import { binaryen, inScratch } from "./toolchain.ts";

/**
 * The parts' globals are initialised from each other, which one module may do only with the garbage collection feature. Folding them removes
 * the need for that feature, which a module for a proxy should not use.
 */
const FOLDING = ["--enable-gc", "--simplify-globals", "--precompute"];
/** For size: V8 inlines by itself, so optimizing for speed makes modules 50 kB larger and requests no cheaper. */
const SMALL = ["--low-memory-unused", "-Oz", "--gufa-optimizing", "-Oz", "--reorder-functions"];
/** For a short build: V8 optimizes the code that it runs, so only removing unused code is worth the time. */
const QUICK = ["--remove-unused-module-elements", "--vacuum"];

export interface LowerOptions {
  /** By default QuickJS. */
  readonly engine?: Engine;
  /** "small", the default, takes 15 seconds; "quick" takes a few seconds, for a module that is 30 kB larger. */
  readonly optimize?: "small" | "quick";
  /**
   * The script that the component was built from. It is removed from the module, where only `toString` of functions needs it. That a filter
   * with a dispatcher makes call-outs, only the script tells.
   */
  readonly script?: string;
}

/**
 * Lowers a component of the world `filter` or `dispatched-filter` (`wit/filter.wit`) to one core module that a Proxy-Wasm host loads.
 *
 * @param component the component's bytes
 * @param options the engine, and how much to optimize
 * @returns the module's bytes, the same for the same component
 * @throws Failure for a component with a structure that this step does not support
 */
export async function lower(component: Uint8Array, options: LowerOptions = {}): Promise<Uint8Array> {
  const { engine = "quickjs", optimize = "small", script = "" } = options;
  const linked = instantiate(readComponent(component));
  const dispatched = linked.exports.has("on-event");
  const { parts, stubs, importCalls } = link(linked, await compileAdapter(dispatched ? "dispatched" : "index"));
  return inScratch(async (file) => {
    await writeFile(file("stubs.wat"), stubs);
    await binaryen("wasm-as", [file("stubs.wat"), "-o", file("stubs.wasm")]);
    for (const { name, bytes } of parts) await writeFile(file(`${name}.wasm`), bytes);
    const named = [...parts.map(({ name }) => name), "stubs"].flatMap((name) => [file(`${name}.wasm`), name]);
    await binaryen("wasm-merge", ["--enable-gc", "--rename-export-conflicts", ...named, "-o", file("merged.wasm")]);
    const merged = new CoreModule(await readFile(file("merged.wasm")));
    const bits = definedCallbacks(merged.bytes);
    const own = () => [...ALWAYS, ...dispatchedExports(bits, script).map(({ name }) => name)];
    const wanted = dispatched ? new Set(own()) : exportsOf(bits);
    const exports = merged.exports.filter(({ name }) => wanted.has(name));
    await writeFile(file("trimmed.wasm"), merged.withExports(exports));
    await binaryen("wasm-opt", [...FOLDING, file("trimmed.wasm"), "-o", file("folded.wasm")]);
    const optimizations = optimize === "small" ? SMALL : QUICK;
    await binaryen("wasm-opt", ["--strip-debug", ...optimizations, file("folded.wasm"), "-o", file("plugin.wasm")]);
    return packData(await readFile(file("plugin.wasm")), (memory) => {
      clearScript(memory, script);
      if (engine !== "quickjs") return;
      clearSources(memory, script);
      limitStack(memory);
      if (importCalls !== undefined) directCalls(memory, importCalls);
    });
  });
}
