import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Failure } from "@wasm-header-filter/cli";
import { CoreModule } from "./core-module.ts";
import { binaryen, inScratch } from "./toolchain.ts";
import { withoutVersion } from "./wasi.ts";

const require = createRequire(import.meta.url);

/** The engine inside componentize-qjs 0.4.5 that has no async support (`runtime-sync.wasm` of the crate of the same name and version). */
const ENGINE = { size: 1_497_910, sha256: "25703f010b80efb806f9c35daf9ee6524ad60320c9781b0bae4e234264f8dac5" };

/**
 * The engine that componentize-qjs has inside its binary, for it to be given back changed.
 *
 * @throws Failure if the package's version isn't the one whose engine is known
 */
function embeddedEngine(): Uint8Array {
  require("componentize-qjs");
  const binary = Object.keys(require.cache).find((name) => /componentize-qjs[^/\\]*\.node$/.test(name));
  const bytes = binary ? readFileSync(binary) : Buffer.alloc(0);
  for (let at = bytes.indexOf("\0asm"); at >= 0; at = bytes.indexOf("\0asm", at + 1)) {
    const engine = bytes.subarray(at, at + ENGINE.size);
    if (createHash("sha256").update(engine).digest("hex") === ENGINE.sha256) return engine;
  }
  const { version } = require("componentize-qjs/package.json");
  throw new Failure(
    `componentize-qjs ${version} has another engine than the one with sha256 ${ENGINE.sha256}: put the new one's size and sha256 into src/runtime.ts, and see that two builds still agree`,
  );
}

/**
 * The QuickJS engine, kept from the clocks and seeds of the machine that builds: with them, no two builds of a component are the same.
 *
 * @returns a library for componentize-qjs to link
 */
export async function reproducibleEngine(): Promise<Uint8Array> {
  const engine = new CoreModule(embeddedEngine());
  return inScratch(async (file) => {
    await binaryen("wasm-as", [
      fileURLToPath(new URL("../runtime/still.wat", import.meta.url)),
      "-o",
      file("wat.wasm"),
    ]);
    const still = new CoreModule(await readFile(file("wat.wasm")));
    const stilled = new Set(still.exports.map(({ name }) => name));
    const originals = new Map(engine.imports.map((item) => [key(item), item]));
    const redirected = new CoreModule(
      engine.withImports((item) => (stilled.has(key(item)) ? { module: "still", name: key(item) } : item)),
    );
    // The engine imports its memory; the functions between need the same one.
    const memory = { name: "memory", kind: "memory", index: 0 } as const;
    await writeFile(file("engine.wasm"), redirected.withExports([...redirected.exports, memory]));
    await writeFile(
      file("still.wasm"),
      still.withImports((item) => {
        const original = item.kind === "memory" ? item : originals.get(key(item));
        if (original) return original;
        throw new Failure(`componentize-qjs's engine doesn't import ${key(item)} any more: see runtime/still.wat`);
      }),
    );
    const parts = [file("engine.wasm"), "runtime", file("still.wasm"), "still"];
    await binaryen("wasm-merge", [...parts, "-o", file("merged.wasm")]);
    const merged = new CoreModule(await readFile(file("merged.wasm")));
    const own = new Set(engine.exports.map(({ name }) => name));
    const exports = merged.exports.filter(({ name }) => own.has(name));
    return new CoreModule(merged.withExports(exports)).withCustomSectionsOf(engine);
  });
}

function key({ module, name }: { module: string; name: string }): string {
  return `${withoutVersion(module)} ${name}`;
}
