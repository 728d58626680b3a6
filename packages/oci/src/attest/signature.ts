import type { KeyObject } from "node:crypto";
import { hexOf } from "../digest.ts";
import { type Descriptor, jsonBytes } from "../image.ts";
import type { Repository } from "../registry/repository.ts";
import { parseManifest } from "../schema.ts";
import { type Artifact, type ArtifactLayer, putArtifact } from "./artifact.ts";
import { isSigned, type Signer } from "./keys.ts";

const PAYLOAD_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";
const SIGNATURE_ANNOTATION = "dev.cosignproject.cosign/signature";

/** The tag under which cosign stores signatures or attestations of an image (sigstore/cosign specs/SIGNATURE_SPEC.md). */
export function cosignTag(image: Descriptor, suffix: "sig" | "att"): string {
  return `sha256-${hexOf(image.digest)}.${suffix}`;
}

/**
 * Signs an image as `cosign sign --key` does, unless the key has signed it already. Others' signatures stay.
 *
 * @param name the image's repository, as the signature names it
 * @param image the descriptor of its manifest
 * @returns whether a signature was added
 */
export async function signImage(
  repository: Repository,
  name: string,
  image: Descriptor,
  signer: Signer,
): Promise<boolean> {
  const others = await signatures(repository, image);
  if (others.some((layer) => isGenuine(layer, image, signer.publicKey))) return false;
  const bytes = jsonBytes({
    critical: {
      identity: { "docker-reference": name },
      image: { "docker-manifest-digest": image.digest },
      type: "cosign container image signature",
    },
    optional: null,
  });
  const signature = Buffer.from(signer.sign(bytes)).toString("base64");
  const layer = { mediaType: PAYLOAD_TYPE, bytes, annotations: { [SIGNATURE_ANNOTATION]: signature } };
  const artifactType = "application/vnd.dev.cosign.artifact.sig.v1+json";
  const artifact: Artifact = { artifactType, subject: image, layers: [...others, layer] };
  await putArtifact(repository, artifact, cosignTag(image, "sig"));
  return true;
}

/** Whether a key has signed an image; `found` is the number of signatures by any key. */
export async function isImageSigned(
  repository: Repository,
  image: Descriptor,
  key: KeyObject,
): Promise<{ readonly genuine: boolean; readonly found: number }> {
  const layers = await signatures(repository, image);
  return { genuine: layers.some((layer) => isGenuine(layer, image, key)), found: layers.length };
}

function signatures(repository: Repository, image: Descriptor): Promise<ArtifactLayer[]> {
  return cosignLayers(repository, cosignTag(image, "sig"), PAYLOAD_TYPE);
}

/** The layers of one media type under one of cosign's tags; none if the tag isn't there. */
export async function cosignLayers(repository: Repository, tag: string, mediaType: string): Promise<ArtifactLayer[]> {
  if ((await repository.resolve(tag)) === undefined) return [];
  const { descriptor, bytes } = await repository.manifest(tag);
  const { layers } = parseManifest(bytes, tag, descriptor.mediaType);
  return Promise.all(
    layers
      .filter((layer) => layer.mediaType === mediaType)
      .map(async (layer) => ({
        mediaType,
        bytes: await repository.blob(layer),
        ...(layer.annotations && { annotations: layer.annotations }),
      })),
  );
}

/** The signature must be the key's, and what it signs must be this image's digest: one copied from another image isn't. */
function isGenuine({ bytes, annotations }: ArtifactLayer, image: Descriptor, key: KeyObject): boolean {
  try {
    const { critical } = JSON.parse(new TextDecoder().decode(bytes));
    const signature = Buffer.from(annotations?.[SIGNATURE_ANNOTATION] ?? "", "base64");
    return critical.image["docker-manifest-digest"] === image.digest && isSigned(bytes, signature, key);
  } catch {
    return false;
  }
}
