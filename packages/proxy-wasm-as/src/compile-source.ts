import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CompiledFilter, compile } from "./compile.ts";

/**
 * Compiles a filter of one file, in a temporary folder that looks like a user's.
 *
 * @param source AssemblyScript
 * @param target as {@link compile}
 * @returns as {@link compile}
 */
export function compileSource(source: string, target: "release" | "raw"): Promise<CompiledFilter> {
  return inFolder(source, (folder) => compile(folder, target));
}

/**
 * Uses a temporary folder that looks like a user's.
 *
 * @param source the filter's file
 * @param use gets the folder, which is removed afterwards
 * @returns what `use` resolves to
 */
export async function inFolder<Result>(source: string, use: (folder: string) => Promise<Result>): Promise<Result> {
  const filter = mkdtempSync(join(tmpdir(), "proxy-wasm-as-"));
  try {
    mkdirSync(join(filter, "assembly"));
    mkdirSync(join(filter, "node_modules"));
    symlinkSync(join(import.meta.dirname, ".."), join(filter, "node_modules/proxy-wasm-as"));
    writeFileSync(join(filter, "assembly/index.ts"), source);
    const config = { extends: "proxy-wasm-as/asconfig.json", entries: ["assembly/index.ts"] };
    writeFileSync(join(filter, "asconfig.json"), JSON.stringify(config));
    return await use(filter);
  } finally {
    rmSync(filter, { recursive: true });
  }
}
