import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";

/**
 * Copies compiled modules, everything that they import from their package, and the declarations.
 *
 * @param from the folder of the package's compiled modules
 * @param entries paths of sources below the package, such as `src/index.ts`
 * @param to where they are copied
 * @throws Failure if an imported module doesn't exist
 */
export function copyReached(from: string, entries: readonly string[], to: string): void {
  const reached = new Set(entries.flatMap((entry) => [entry.replace(/\.ts$/, ".js"), entry.replace(/\.ts$/, ".d.ts")]));
  for (const path of reached) {
    const text = read(join(from, path)).replace(RELATIVE, (_, before, specifier, after) => {
      // The compiler leaves `.ts` in the imports of declarations.
      const imported = specifier.replace(/\.ts$/, ".js");
      const module = join(dirname(path), imported);
      reached.add(path.endsWith(".d.ts") ? module.replace(/\.js$/, ".d.ts") : module);
      return `${before}${imported}${after}`;
    });
    mkdirSync(dirname(join(to, path)), { recursive: true });
    writeFileSync(join(to, path), text);
  }
}

/** An import, an export or a type's import with a relative path. */
const RELATIVE = /(\bfrom "|\bimport "|\bimport\(")(\.[^"]+)(")/g;

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Failure(`${path}: imported, but not compiled`, { cause });
  }
}
