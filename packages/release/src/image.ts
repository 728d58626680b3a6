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
import { head } from "./git.ts";
import { publicPackages } from "./workspace.ts";

/** The image of a variant's version, and its module, which is published on npm too. */
export interface ReleaseImage {
  readonly variant: Variant;
  /** `1.2.3-as`: never moves. */
  readonly tag: string;
  readonly image: TaggedImage;
  /** Extracted from the image's layer. */
  readonly module: Uint8Array;
}

/**
 * Reads the image of a variant's build, and checks that the same module is published on npm.
 *
 * @param root the repository
 * @throws Failure if the variant isn't built in its version, or one of its three modules (image, `dist`, `publish`) differs,
 * or the image says that it was built from another commit
 */
export async function readReleaseImage(root: string, variant: Variant): Promise<ReleaseImage> {
  const { name, version, dist, plugin } = variant;
  const tag = imageTag(version, variant.variant);
  if (plugin?.version !== version) {
    throw new Failure(
      `${name}: the build is ${plugin ? `version ${plugin.version}` : "missing"}, expected version ${version}; run npm run build`,
    );
  }
  const image = selectImage(readLayout(dist.layout), dist.layout, tag);
  const revision = image.manifest.annotations?.["org.opencontainers.image.revision"];
  if (revision !== undefined && revision !== head(root)) {
    throw new Failure(
      `${dist.layout}:${tag}: built from commit ${revision}, but this is ${head(root)}; build it again`,
    );
  }
  const module = await extractModule(image, `${dist.layout}:${tag}`);
  for (const path of [dist.module, publishedModule(root, variant)]) {
    if (!existsSync(path) || sha256(readFileSync(path)) !== sha256(module)) {
      throw new Failure(`${relative(root, path)}: not the module of the image ${tag}; run npm run build`);
    }
  }
  return { variant, tag, image, module };
}

/** The path of the module in the folder that npm publishes. */
function publishedModule(root: string, variant: Variant): string {
  const source = publicPackages(root).find(({ dir }) => dir === variant.dir);
  if (!source) throw new Failure(`${variant.name}: a private package, but variants are published; remove "private"`);
  return join(root, "publish", source.folder, relative(variant.dir, variant.dist.module));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
