import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure, readInput } from "@wasm-header-filter/cli";

/** The fields of a package.json that this project reads. */
export interface PackageJson {
  readonly name?: string;
  readonly version?: string;
  readonly description?: string;
  readonly license?: string;
  readonly repository?: string | { readonly url?: string };
  readonly workspaces?: readonly string[];
  readonly wasmFilter?: {
    readonly variant?: unknown;
    readonly toolchain?: unknown;
    readonly onDemand?: unknown;
    readonly contents?: unknown;
    readonly crates?: unknown;
  } | null;
}

/** Reads a package.json. */
export function packageJson(path: string): PackageJson {
  const text = readInput(path, "package").toString();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch (cause) {
    throw new Failure(`${path}: not JSON`, { cause });
  }
  throw new Failure(`${path}: expected a JSON object`);
}

/** The version of an installed package, found from a folder as Node would find it. */
export function installedVersion(name: string, from: string): string {
  for (let dir = from; ; dir = dirname(dir)) {
    const path = join(dir, "node_modules", name, "package.json");
    if (existsSync(path)) return packageJson(path).version ?? "unknown";
    if (dir === dirname(dir)) throw new Failure(`${name}: not installed, seen from ${from} (run npm install)`);
  }
}
