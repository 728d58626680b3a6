import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { needsDispatcher } from "@wasm-header-filter/filter-js/callbacks";
import { type Bundle, bundle } from "./bundle.ts";
import type { Engine } from "./engine.ts";
import { reproducibleEngine } from "./runtime.ts";
import { inScratch, node } from "./toolchain.ts";

const require = createRequire(import.meta.url);
const hook = (name: string) => ["--import", new URL(`${name}${extname(import.meta.filename)}`, import.meta.url).href];
/** The options of Node for each engine, and those of jco for a script. */
const BACKENDS: Readonly<Record<Engine, { readonly hook: string[]; readonly backend: (script: string) => string[] }>> =
  {
    quickjs: { hook: hook("./backend-hook"), backend: () => ["--backend", "quickjs", "--backend-qjs-disable-async"] },
    starlingmonkey: {
      hook: hook("./still-hook"),
      backend: (script) => [
        "--backend",
        "starlingmonkey",
        "--disable",
        ...(CLOCKED.test(script) ? UNCLOCKED : ["all"]),
      ],
    },
  };
/** What a script has that reads a clock. StarlingMonkey has one only if the component imports it. */
const CLOCKED = /\b(?:Date|performance)\b/;
const UNCLOCKED = ["stdio", "random", "http", "fetch-event"];
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** A component, the script that runs in it, and the script's source map. */
interface Built extends Bundle {
  readonly component: Uint8Array;
}

/**
 * Builds a filter as a component of the world `filter`, or `dispatched-filter` if it needs the dispatcher (`wit/filter.wit`).
 *
 * @param filter the file whose default export is the filter's definition
 * @param folder where `filter.js`, the bundled script, and `filter.component.wasm` are written
 * @param engine the JavaScript engine in the component
 * @returns the component, the same for the same sources in any folder, the script in it, and the script's map
 * @throws Failure if the filter does not compile
 */
export async function componentize(filter: string, folder: string, engine: Engine = "quickjs"): Promise<Built> {
  const { script: source, map } = await bundle(filter, engine);
  const script = join(resolve(folder), "filter.js");
  const component = join(resolve(folder), "filter.component.wasm");
  await writeFile(script, source);
  const jco = join(dirname(require.resolve("@bytecodealliance/jco")), "jco.js");
  const name = needsDispatcher(source) ? "dispatched-filter" : "filter";
  const world = ["--wit", path("../wit"), "--world-name", name];
  const { hook, backend } = BACKENDS[engine];
  // The script's path from the working folder becomes part of the component.
  const cwd = dirname(script);
  await inScratch(async (file) => {
    await writeFile(file("engine.wasm"), await engineBytes(engine));
    // jco has no option for QuickJS's engine: src/backend.ts takes it from the environment.
    const own = engine === "starlingmonkey" ? ["--engine", file("engine.wasm")] : [];
    const environment = { FILTER_JCO_ENGINE: file("engine.wasm") };
    const options = [...world, ...backend(source), ...own, "-o", component];
    await node("jco componentize", [...hook, jco, "componentize", script, ...options], cwd, environment);
  });
  return { component: await readFile(component), script: source, map };
}

const engines = new Map<Engine, Promise<Uint8Array>>();

/** An engine is made once for all filters that a process builds. */
function engineBytes(engine: Engine): Promise<Uint8Array> {
  const made = engines.get(engine) ?? reproducibleEngine(engine);
  engines.set(engine, made);
  return made;
}
