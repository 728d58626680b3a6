import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { references } from "./imports.ts";

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
    let text = read(join(from, path));
    for (const { value, start, end } of references(path, text).imports.toReversed()) {
      if (!value.startsWith(".")) continue;
      // The compiler leaves `.ts` in the imports of declarations.
      const imported = value.replace(/\.ts$/, ".js");
      const module = join(dirname(path), imported);
      reached.add(path.endsWith(".d.ts") ? module.replace(/\.js$/, ".d.ts") : module);
      text = `${text.slice(0, start)}${JSON.stringify(imported)}${text.slice(end)}`;
    }
    mkdirSync(dirname(join(to, path)), { recursive: true });
    writeFileSync(join(to, path), text);
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Failure(`${path}: imported, but not compiled`, { cause });
  }
}
