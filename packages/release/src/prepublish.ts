import { dirname, join, relative } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { ensureTags, planImages, refuseOtherTags, releaseImages } from "@wasm-header-filter/image-release";
import { findRoot, findVariants, readSigner, repositoryOption, type Variant } from "@wasm-header-filter/oci";
import { gateCases, refuseCasesElsewhere } from "./gate-cases.ts";
import { readReleaseImage } from "./image.ts";
import { CASES } from "./release.ts";
import { isAnySnapshot } from "./snapshot.ts";
import { publicPackages, readManifest } from "./workspace.ts";

/**
 * The hook that npm runs before it publishes a package. It accepts only an up-to-date folder of `publish/`, and pushes the image of a
 * variant's module, unless the registry has it already. Then it creates the package's git tag: once npm has the package, neither changesets
 * nor npm runs anything for it again. Previews get no tag.
 *
 * @param dir the folder that npm is about to publish
 * @param env `OCI_REPOSITORY` is the repository of the images, `COSIGN_KEY` the file of the key that signs them
 * @throws Failure if npm must not publish: the folder is the source or out of date, the image fails the gate or can't be pushed, or the git
 *   tag is at another commit or can't be created
 */
export async function prepublish(dir: string, env: NodeJS.ProcessEnv): Promise<void> {
  const root = findRoot(dir);
  const { name, version } = readManifest(join(dir, "package.json"));
  const source = publicPackages(root).find(({ manifest }) => manifest.name === name);
  const where = relative(root, dir);
  if (!source) throw new Failure(`${where}: ${name} is no public package of this repository`);
  if (dirname(dir) !== join(root, "publish")) {
    throw new Failure(`${where}: not the folder to publish, which is publish/${source.folder}; run changeset publish`);
  }
  if (source.manifest.version !== version) {
    throw new Failure(`${where}: version ${version}, expected ${source.manifest.version}; run npm run build`);
  }
  const tags = isAnySnapshot(version) ? [] : [`${name}@${version}`];
  refuseOtherTags(root, tags);
  const variant = findVariants(root).find((one) => one.name === name);
  if (variant) await pushImage(root, variant, env);
  ensureTags(root, tags);
}

async function pushImage(root: string, variant: Variant, env: NodeJS.ProcessEnv): Promise<void> {
  if (!env.OCI_REPOSITORY) {
    throw new Failure(
      `OCI_REPOSITORY: not set; expected the repository of the images, such as ghcr.io/owner/wasm-header-filter, since ${variant.name} is published with its image`,
    );
  }
  const repository = repositoryOption(env.OCI_REPOSITORY);
  const cases = env[CASES]?.split(",");
  refuseCasesElsewhere(repository, cases);
  // npm prints JSON on stdout.
  const signer = env.COSIGN_KEY ? readSigner(env.COSIGN_KEY, env.COSIGN_PASSWORD) : undefined;
  const options = { repository, cases: gateCases(cases), signer, log: (line: string) => console.error(line) };
  await releaseImages(root, await planImages([await readReleaseImage(root, variant)], options), options);
}
