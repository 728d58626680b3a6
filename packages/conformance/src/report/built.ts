import { existsSync } from "node:fs";
import { UsageError } from "@wasm-header-filter/cli";
import { findVariants, type Variant } from "@wasm-header-filter/oci";

/**
 * The variants of a repository that are built, those that are built on demand among them.
 *
 * @param wanted names of variants; left out: all
 * @throws UsageError if none is built, or not all that are wanted
 */
export function builtVariants(root: string, wanted: readonly string[] | undefined): Variant[] {
  const built = findVariants(root, "all").filter(({ dist }) => existsSync(dist.module));
  const names = built.map(({ variant }) => variant);
  const missing = wanted?.find((name) => !names.includes(name));
  if (missing !== undefined || built.length === 0) {
    throw new UsageError(`no built variant ${missing ?? "at all"}, expected one of ${names}: run npm run build`);
  }
  return built.filter(({ variant }) => wanted?.includes(variant) ?? true);
}
