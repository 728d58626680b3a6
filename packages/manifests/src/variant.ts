import { Failure } from "@wasm-header-filter/cli";
import { type Digest, imageTag, readLayout, selectImage, type Variant } from "@wasm-header-filter/oci";

/**
 * Picks a variant by its name.
 *
 * @throws Failure that names the variants there are
 */
export function selectVariant(variants: readonly Variant[], name: string): Variant {
  const found = variants.find(({ variant }) => variant === name);
  if (found) return found;
  const names = variants.map(({ variant }) => variant).join(", ") || "none";
  throw new Failure(`variant ${JSON.stringify(name)}: there is no such variant, there is ${names}`);
}

/**
 * The digest of a variant's built image, from its layout.
 *
 * @param version whose image; must be the one that was built
 * @throws Failure if the variant isn't built, or with another version
 */
export function builtDigest({ dist, variant, plugin, onDemand }: Variant, version: string): Digest {
  const build = `npm run build${onDemand ? ":all" : ""}`;
  if (!plugin) throw new Failure(`variant ${variant}: not built, so there is no digest; run ${build} first`);
  return selectImage(readLayout(dist.layout), dist.layout, imageTag(version, variant)).descriptor.digest;
}
