import type { Ingredients, TaggedImage } from "@wasm-header-filter/oci";

/** The image of one version of a filter, as it was built. */
export interface ReleaseImage extends Ingredients {
  /** What it was built with, such as `javy`; cases can tell by it what they run on. */
  readonly variant: string;
  /** What the variant adds to the image's tags, such as `-javy`; empty where a filter has one variant. */
  readonly suffix: string;
  /** The version with the suffix: never moves. */
  readonly tag: string;
  readonly image: TaggedImage;
  /** Extracted from the image's layer. */
  readonly module: Uint8Array;
  /** The versions of the toolchain's packages, by name. */
  readonly toolVersions: Readonly<Record<string, string>>;
}
