import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Failure } from "@wasm-header-filter/cli";
import { CoreModule } from "./core-module.ts";
import type { Engine } from "./engine.ts";
import { binaryen, inScratch } from "./toolchain.ts";
import { withoutVersion } from "./wasi.ts";

const require = createRequire(import.meta.url);

/** The exports that `runtime/quickjs.wat` adds to the QuickJS engine. */
export const ADDED: readonly string[] = ["settle", "call import", "call bound"];

/** The engine in componentize-qjs 0.4.5 that has no async support (`runtime-sync.wasm` of the crate of the same name and version). */
const QUICKJS = { size: 1_497_910, sha256: "25703f010b80efb806f9c35daf9ee6524ad60320c9781b0bae4e234264f8dac5" };

/**
 * Its function that runs the first job of JSRuntime.job_list, for `runtime/quickjs.wat`. It has no name. Apart from the
 * interpreter, it is the only function with an indirect call from three i32 to an i64, the type of a job.
 */
const EXECUTE_PENDING_JOB = { name: "execute pending job", kind: "func", index: 358 } as const;

/**
 * Returns the engine in the binary of componentize-qjs, which is passed back to it with changes.
 *
 * @throws Failure if the package has an unknown engine
 */
function quickJs(): Uint8Array {
  require("componentize-qjs");
  const binary = Object.keys(require.cache).find((name) => /componentize-qjs[^/\\]*\.node$/.test(name));
  const bytes = binary ? readFileSync(binary) : Buffer.alloc(0);
  for (let at = bytes.indexOf("\0asm"); at >= 0; at = bytes.indexOf("\0asm", at + 1)) {
    const engine = bytes.subarray(at, at + QUICKJS.size);
    if (createHash("sha256").update(engine).digest("hex") === QUICKJS.sha256) return engine;
  }
  const { version } = require("componentize-qjs/package.json");
  throw new Failure(
    `componentize-qjs ${version} has another engine than the one with sha256 ${QUICKJS.sha256}: put the new one's size and sha256 into src/runtime.ts, and see that two builds still agree`,
  );
}

/** Returns the engine of componentize-js. */
function starlingMonkey(): Uint8Array {
  const main = import.meta.resolve("@bytecodealliance/componentize-js");
  return readFileSync(new URL("../lib/starlingmonkey_embedding.wasm", main));
}

/**
 * Returns a JavaScript engine that does not see the clocks and seeds of the build machine, which would make builds different.
 *
 * @param name which one
 * @returns the engine, for jco's backend
 * @throws Failure if the backend has an unknown engine
 */
export async function reproducibleEngine(name: Engine): Promise<Uint8Array> {
  const engine = new CoreModule(name === "quickjs" ? quickJs() : starlingMonkey());
  return inScratch(async (file) => {
    const source = fileURLToPath(new URL(`../runtime/${name}.wat`, import.meta.url));
    await binaryen("wasm-as", [source, "-o", file("wat.wasm")]);
    const still = new CoreModule(await readFile(file("wat.wasm")));
    const stilled = new Set(still.exports.map(({ name }) => name));
    const originals = new Map(engine.imports.map((item) => [key(item), item]));
    const redirected = new CoreModule(
      engine.withImports((item) => (stilled.has(key(item)) ? { module: "still", name: key(item) } : item)),
    );
    // QuickJS imports its memory and table; the added functions need the same ones.
    const memory = { name: "memory", kind: "memory", index: 0 } as const;
    const table = { name: "table", kind: "table", index: 0 } as const;
    const others = redirected.exports.filter(({ name }) => name !== memory.name);
    const shown = name === "quickjs" ? [memory, table, EXECUTE_PENDING_JOB] : [memory];
    await writeFile(file("engine.wasm"), redirected.withExports([...others, ...shown]));
    await writeFile(
      file("still.wasm"),
      still.withImports((item) => {
        const original = item.module === "runtime" ? item : originals.get(key(item));
        if (original) return original;
        throw new Failure(`the engine doesn't import ${key(item)} any more: see runtime/${name}.wat`);
      }),
    );
    const parts = [file("engine.wasm"), "runtime", file("still.wasm"), "still"];
    await binaryen("wasm-merge", ["--enable-gc", ...parts, "-o", file("merged.wasm")]);
    const merged = new CoreModule(await readFile(file("merged.wasm")));
    const own = new Set([...engine.exports.map(({ name }) => name), ...ADDED]);
    const exports = merged.exports.filter(({ name }) => own.has(name));
    return new CoreModule(merged.withExports(exports)).withCustomSectionsOf(engine);
  });
}

function key({ module, name }: { module: string; name: string }): string {
  return `${withoutVersion(module)} ${name}`;
}
