import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import {
  extractModule,
  imageTag,
  readLayout,
  selectImage,
  type TaggedImage,
  type Variant,
} from "@wasm-header-filter/oci";
import { publicPackages } from "./workspace.ts";

/** What a variant's version is released as: the image, and the module in it that npm gets too. */
export interface ReleaseImage {
  readonly variant: Variant;
  /** `1.2.3-as`: never moves. */
  readonly tag: string;
  readonly image: TaggedImage;
  /** Taken out of the image's layer. */
  readonly module: Uint8Array;
}

/**
 * Reads the image that a variant's build left, and sees that npm gets the same module.
 *
 * @param root the repository
 * @throws Failure if the variant isn't built in its version, or one of its three modules (image, `dist`, `publish`) differs
 */
export async function readReleaseImage(root: string, variant: Variant): Promise<ReleaseImage> {
  const { name, version, dist, plugin } = variant;
  const tag = imageTag(version, variant.variant);
  if (plugin?.version !== version) {
    throw new Failure(
      `${name}: built is ${plugin ? plugin.version : "nothing"}, expected ${version}; run npm run build`,
    );
  }
  const image = selectImage(readLayout(dist.layout), dist.layout, tag);
  const module = await extractModule(image, `${dist.layout}:${tag}`);
  for (const path of [dist.module, publishedModule(root, variant)]) {
    if (!existsSync(path) || sha256(readFileSync(path)) !== sha256(module)) {
      throw new Failure(`${relative(root, path)}: not the module of the image ${tag}; run npm run build`);
    }
  }
  return { variant, tag, image, module };
}

/** The module in the folder that npm publishes. */
function publishedModule(root: string, variant: Variant): string {
  const source = publicPackages(root).find(({ dir }) => dir === variant.dir);
  if (!source) throw new Failure(`${variant.name}: private, but a variant; expected a public package`);
  return join(root, "publish", source.folder, relative(variant.dir, variant.dist.module));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
