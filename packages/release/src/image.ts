import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { head, type ReleaseImage } from "@wasm-header-filter/image-release";
import { extractModule, imageTag, readLayout, selectImage, type Variant } from "@wasm-header-filter/oci";
import { publicPackages } from "./workspace.ts";

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
  const { variant: short } = variant;
  return { ...variant, suffix: `-${short}`, tag, image, module, toolVersions: plugin.toolchain };
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
