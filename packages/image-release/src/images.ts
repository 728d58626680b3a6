import { Failure } from "@wasm-header-filter/cli";
import type { Case, Result } from "@wasm-header-filter/conformance";
import {
  attach,
  type Digest,
  formatReference,
  openRepository,
  type Reference,
  type RegistryOptions,
  type Repository,
  type Signer,
} from "@wasm-header-filter/oci";
import { claimsOf } from "./evidence.ts";
import { gate } from "./gate.ts";
import type { ReleaseImage } from "./release-image.ts";
import { movingTags } from "./version.ts";

/** A moving tag, and where it points. */
interface Move {
  readonly tag: string;
  /** Left out where there is no such tag yet. */
  readonly from?: Digest;
}

/** An image to release, and its state in the registry. */
export interface Planned {
  readonly release: ReleaseImage;
  /** Whether the registry has its tag already, with the same digest and with what is attested of it. */
  readonly inRegistry: boolean;
  /** The moving tags that don't point at it yet. */
  readonly moves: readonly Move[];
}

/** Where images are pushed, and how they are tested and signed. */
export interface ImageOptions {
  readonly repository: Reference;
  /** The connection to the registry. */
  readonly registry?: RegistryOptions | undefined;
  /** Signs the images and their attestations. */
  readonly signer?: Signer | undefined;
  /** What each image must pass, on filter-host and Envoy, before it is pushed. */
  readonly cases: readonly Case[];
  /** Called with one line for each step. */
  readonly log: (line: string) => void;
}

/**
 * Looks up the state of the images in the registry. Changes nothing.
 *
 * @throws Failure if a version's tag points at another image: versions are released once
 * @throws RegistryError if the registry can't be asked
 */
export async function planImages(releases: readonly ReleaseImage[], options: ImageOptions): Promise<Planned[]> {
  const { repository } = options;
  const registry = openRepository(repository, options.registry);
  const tags = releases.length > 0 ? await registry.tags() : [];
  const planned: Planned[] = [];
  for (const release of releases) {
    const { tag, image, version, suffix } = release;
    const { digest } = image.descriptor;
    const found = await registry.resolve(tag);
    if (found && found.digest !== digest) {
      throw new Failure(
        `${formatReference({ ...repository, tag })}: the registry has ${found.digest}, but the build is ${digest}; a released version never changes, so give the package a new one`,
      );
    }
    const moves: Move[] = [];
    for (const moving of movingTags(version, suffix, tags)) {
      const from = (await registry.resolve(moving))?.digest;
      if (from !== digest) moves.push({ tag: moving, ...(from && { from }) });
    }
    // An image that was pushed by other means was not tested.
    const inRegistry = found !== undefined && (await registry.referrers(digest)).length > 0;
    planned.push({ release, inRegistry, moves });
  }
  return planned;
}

/**
 * Pushes the images to the registry. All are tested before the first is pushed, and all are pushed before the first tag moves. An image
 * is tagged after its attestations are attached, so an image with its tag is complete, and the next run completes an interrupted one.
 *
 * @param root the repository that they were built from
 * @throws Failure if an image fails the gate; then no image was pushed
 * @throws RegistryError if the registry refuses a request or can't be reached
 */
export async function releaseImages(root: string, planned: readonly Planned[], options: ImageOptions): Promise<void> {
  const { repository, log, cases, signer } = options;
  const registry = openRepository(repository, options.registry);
  const name = formatReference(repository);
  const gated = new Map<ReleaseImage, readonly Result[]>();
  for (const { release, inRegistry } of planned) {
    if (inRegistry) {
      log(`${release.tag} is already pushed, ${release.image.descriptor.digest}`);
      continue;
    }
    const results = await gate(release, cases);
    gated.set(release, results);
    log(`${release.tag} ${summary(results)}`);
  }
  for (const [release, results] of gated) {
    const claims = claimsOf(root, release, name, results, process.env);
    await registry.push(release.image);
    await attach(registry, release.image.descriptor, { name, claims, signer });
    await tagImage(registry, release, release.tag);
    const beside = `${claims.map((claim) => claim.name).join(", ")}${signer ? ", signature" : ""}`;
    log(`${release.tag} pushed, ${release.image.descriptor.digest}, with ${beside}`);
  }
  for (const { release, moves } of planned) {
    for (const { tag, from } of moves) {
      await tagImage(registry, release, tag);
      log(`${tag} ${from ? "moved" : "set"} to ${release.tag}`);
    }
  }
}

function summary(results: readonly Result[]): string {
  const known = results.filter(({ outcome }) => outcome === "xfail").length;
  return `passes the gate: ${results.length} cases${known > 0 ? `, ${known} known differences` : ""}`;
}

async function tagImage(registry: Repository, { image }: ReleaseImage, tag: string): Promise<void> {
  const { digest, mediaType } = image.descriptor;
  const manifest = image.blobs.get(digest);
  if (!manifest) throw new TypeError(`the image lacks its manifest ${digest}`);
  await registry.putManifest(tag, manifest, mediaType);
}
