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

/** A variant as far as manifests need it: outside this repository its name and version, inside it what was built too. */
export type NamedVariant = Pick<Variant, "variant" | "version"> & Partial<Pick<Variant, "dist" | "plugin">>;

/**
 * Picks variants by name.
 *
 * @param name one of them; all when left out
 * @param from where to look for a repository that has variants; outside one, any name is taken, with this package's own version
 * @throws Failure that names the variants there are
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
  throw new Failure(`variant ${JSON.stringify(name)}: there is no such variant, there is ${names}`);
}

// Variants and manifests are released together, with one version.
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
