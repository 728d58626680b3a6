import { Failure, oneLine } from "@wasm-header-filter/cli";
import type { Digest } from "../digest.ts";
import type { Descriptor } from "../image.ts";
import { MEDIA_TYPES } from "../mediatypes.ts";
import { parseManifest } from "../reading/manifest.ts";
import { RegistryError } from "../registry/error.ts";
import type { Repository } from "../registry/repository.ts";
import { BUNDLE_PREFIX } from "./bundle.ts";
import { DSSE_MEDIA_TYPE } from "./dsse.ts";
import { cosignTag, SIMPLE_SIGNING } from "./signature.ts";

/** A layer of a manifest that is attached to an image. */
interface FoundLayer {
  /** Of the manifest. */
  readonly manifest: Descriptor;
  readonly bytes: Uint8Array;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What may be signed about an image, by anyone. */
export interface Found {
  /** Sigstore bundles. */
  readonly bundles: readonly FoundLayer[];
  /** Signatures as cosign 2 wrote them. */
  readonly signatures: readonly FoundLayer[];
  /** Signed statements that are in no bundle (DSSE). */
  readonly envelopes: readonly FoundLayer[];
  /** Manifests that could not be read: one line for each. */
  readonly unreadable: readonly string[];
}

/** More than any bundle or signature has, in bytes. */
const LAYER_LIMIT = 64 * 1024 * 1024;

/**
 * Finds what may be signed about an image: in its referrers, and in the tags `sha256-HEX.sig` and `sha256-HEX.att` of cosign 2. As cosign,
 * it does not rely on artifact types. What is listed but not there, or malformed, does not hide the others.
 *
 * @param image the descriptor of its manifest
 * @throws RegistryError if the registry refuses a request or can't be reached
 */
export async function findSigned(repository: Repository, image: Descriptor): Promise<Found> {
  const names = new Set<Digest>((await repository.referrers(image.digest)).map(({ digest }) => digest));
  for (const suffix of ["sig", "att"] as const) {
    const tagged = await repository.resolve(cosignTag(image, suffix));
    if (tagged) names.add(tagged.digest);
  }
  const unreadable: string[] = [];
  const read = await Promise.all(
    [...names].map((name) =>
      layersOf(repository, name).catch((error) => {
        if (error instanceof RegistryError ? error.status !== 404 : !(error instanceof Failure)) throw error;
        unreadable.push(oneLine(error));
        return [];
      }),
    ),
  );
  const of = (holds: (mediaType: string) => boolean) => read.flat().filter(({ mediaType }) => holds(mediaType));
  return {
    bundles: of((mediaType) => mediaType.startsWith(BUNDLE_PREFIX)),
    signatures: of((mediaType) => mediaType === SIMPLE_SIGNING),
    envelopes: of((mediaType) => mediaType === DSSE_MEDIA_TYPE),
    unreadable,
  };
}

/** The layers of a manifest that may hold signatures. */
async function layersOf(repository: Repository, name: Digest): Promise<(FoundLayer & { mediaType: string })[]> {
  const { descriptor, bytes } = await repository.manifest(name);
  if (descriptor.mediaType !== MEDIA_TYPES.manifest && descriptor.mediaType !== MEDIA_TYPES.dockerManifest) return [];
  const { layers } = parseManifest(bytes, name, descriptor.mediaType);
  const wanted = layers.filter(({ mediaType }) =>
    mediaType.startsWith(BUNDLE_PREFIX)
      ? layers.length === 1
      : mediaType === SIMPLE_SIGNING || mediaType === DSSE_MEDIA_TYPE,
  );
  return Promise.all(
    wanted.map(async (layer) => {
      if (layer.size > LAYER_LIMIT) throw new Failure(`${name}: a layer of ${layer.size} bytes, expected a signature`);
      const { mediaType, annotations = {} } = layer;
      return { manifest: descriptor, mediaType, bytes: await repository.blob(layer), annotations };
    }),
  );
}
