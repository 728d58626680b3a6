import { Failure } from "@wasm-header-filter/cli";
import {
  channelOf,
  type ImageOptions,
  type Planned,
  planImages,
  planLines,
  refuseOtherTags,
} from "@wasm-header-filter/image-release";
import { findVariants, formatReference, type Variant } from "@wasm-header-filter/oci";
import { type PlannedPackage, publishPlan } from "./changesets.ts";
import { readReleaseImage } from "./image.ts";
import { olderThanLatest } from "./npm.ts";

/** The steps of a release. */
export interface Plan {
  /** The packages to publish on npm. */
  readonly packages: readonly PlannedPackage[];
  /** The images to push: one for each variant among them. */
  readonly images: readonly Planned[];
  /** The npm dist-tag of all packages; left out where changesets chooses. */
  readonly npmTag: string | undefined;
}

/** The npm dist-tag of a release where npm has a newer one: `latest` stays with that. */
const MAINTENANCE = "maintenance";

/**
 * Determines what is to be published on npm and in the registry. Changes nothing.
 *
 * @param root the repository, built
 * @param snapshot a preview's name
 * @throws Failure if a registry can't be asked, something isn't built, or a tag is taken by something else
 */
export async function makePlan(root: string, options: ImageOptions, snapshot?: string): Promise<Plan> {
  const lacking = publishPlan(root).filter(({ version }) => snapshot === undefined || channelOf(version) === snapshot);
  const npmTag = snapshot ?? ((await olderThanLatest(root, lacking)).length > 0 ? MAINTENANCE : undefined);
  const packages = lacking.map((one) => (npmTag === undefined ? one : { ...one, tag: npmTag }));
  if (snapshot === undefined) {
    refuseOtherTags(
      root,
      packages.map(({ name, version }) => `${name}@${version}`),
    );
  }
  const variants = findVariants(root);
  refuseAmbiguity(variants);
  const released = variants.filter(({ name }) => packages.some((one) => one.name === name));
  const images = await planImages(await Promise.all(released.map((one) => readReleaseImage(root, one))), options);
  return { packages, images, npmTag };
}

/** `NAME-VARIANT`, a preview's moving tag, must not be another variant's own. */
function refuseAmbiguity(variants: readonly Variant[]): void {
  for (const { variant, version } of variants) {
    const channel = channelOf(version);
    const other = variants.find((one) => one.variant === `${channel}-${variant}`);
    if (other) throw new Failure(`${channel}: the preview's tag ${other.variant} is a variant's; choose another name`);
  }
}

/** A plan as text. */
export function showPlan({ packages, images }: Plan, { repository }: ImageOptions): string {
  if (packages.length === 0) return "nothing to release: every version is on npm";
  return [
    `images, in ${formatReference(repository)}`,
    ...planLines(images),
    "npm packages",
    ...packages.map(({ name, version, tag }) => `  ${name}@${version}  ${tag}`),
  ].join("\n");
}

/** A plan as data. */
export function planData({ packages, images }: Plan, { repository }: ImageOptions): object {
  return {
    repository: formatReference(repository),
    images: images.map(({ release, inRegistry, moves }) => ({
      variant: release.variant,
      version: release.version,
      tag: release.tag,
      digest: release.image.descriptor.digest,
      there: inRegistry,
      moves,
    })),
    packages,
  };
}
