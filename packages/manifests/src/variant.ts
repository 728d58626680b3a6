import { readFileSync } from "node:fs";
import { Failure } from "@wasm-header-filter/cli";
import {
  type Digest,
  findRoot,
  findVariants,
  imageTag,
  readLayout,
  selectImage,
  type Variant,
} from "@wasm-header-filter/oci";

/** A variant's name and version, and inside a repository its package's name and its build. */
export type NamedVariant = Pick<Variant, "variant" | "version"> & Partial<Pick<Variant, "name" | "dist" | "plugin">>;

/**
 * Selects variants by name.
 *
 * @param name one of them; all when left out
 * @param from where to look for a repository with variants; outside of one, any name is accepted, with this package's version
 * @throws Failure that lists the variants
 */
export function selectVariants(name: string | undefined, from = process.cwd()): readonly NamedVariant[] {
  const variants = variantsFrom(from);
  if (variants.length === 0) {
    if (name !== undefined) return [{ variant: name, version: ownVersion() }];
    throw new Failure("--variant is needed where no variants can be discovered, such as --variant as");
  }
  const found = variants.filter(({ variant }) => name === undefined || variant === name);
  if (found.length > 0) return found;
  const names = variants.map(({ variant }) => variant).join(", ");
  throw new Failure(`variant ${JSON.stringify(name)}: no such variant, expected one of ${names}`);
}

// Variants and manifests are always released together, in one version.
function ownVersion(): string {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;
}

function variantsFrom(from: string): readonly Variant[] {
  let root: string;
  try {
    root = findRoot(from);
  } catch {
    return [];
  }
  return findVariants(root, "all");
}

/**
 * The digest of a variant's built image, from its layout.
 *
 * @param version whose image; must be the one that was built
 * @throws Failure if the variant isn't built, or with another version
 */
export function builtDigest({ dist, variant, plugin }: NamedVariant, version: string): Digest {
  if (!plugin || !dist)
    throw new Failure(`variant ${variant}: not built, so there is no digest; run npm run build first`);
  return selectImage(readLayout(dist.layout), dist.layout, imageTag(version, variant)).descriptor.digest;
}
