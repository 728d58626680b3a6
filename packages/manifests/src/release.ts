import { Failure } from "@wasm-header-filter/cli";
import { formatReference, openRepository, type Reference, type RegistryOptions } from "@wasm-header-filter/oci";

/**
 * The newest version among a repository's tags `X.Y.Z-VARIANT`; moving tags and pre-releases don't count.
 *
 * @returns nothing if none is released
 */
export function newestRelease(tags: readonly string[], variant: string): string | undefined {
  const released = tags.flatMap((tag) => {
    const version = tag.endsWith(`-${variant}`) ? tag.slice(0, -variant.length - 1) : "";
    return /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}$/.test(version) ? [version] : [];
  });
  return released.sort(byVersion).at(-1);
}

function byVersion(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(BigInt));
  const at = left?.findIndex((part, at) => part !== right?.[at]) ?? -1;
  return at < 0 ? 0 : (left?.[at] ?? 0n) < (right?.[at] ?? 0n) ? -1 : 1;
}

/**
 * The newest released version of a variant, as the registry's tags say.
 *
 * @throws RegistryError if the registry can't be asked; Failure if it has no release of the variant
 */
export async function latestRelease(repository: Reference, variant: string, options: RegistryOptions): Promise<string> {
  const tags = await openRepository(repository, options).tags();
  const version = newestRelease(tags, variant);
  if (version) return version;
  throw new Failure(
    `${formatReference(repository)}: no release of the variant ${variant}, expected a tag such as 1.2.3-${variant}`,
  );
}
