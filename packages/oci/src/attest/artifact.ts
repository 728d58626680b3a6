import { blob, type Descriptor, jsonBytes } from "../image.ts";
import { MEDIA_TYPES } from "../mediatypes.ts";
import type { Repository } from "../registry/repository.ts";

/** One file of an artifact. */
export interface ArtifactLayer {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Something that is attached to an image. */
export interface Artifact {
  /** What it is, such as `application/vnd.cyclonedx+json`. */
  readonly artifactType: string;
  /** The image it is about. */
  readonly subject: Descriptor;
  readonly layers: readonly ArtifactLayer[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The config of an artifact that needs none (OCI image specification, "Guidance for an Empty Descriptor"). */
const EMPTY_CONFIG = blob("application/vnd.oci.empty.v1+json", jsonBytes({}));

/**
 * Stores an artifact as a referrer of its subject (OCI image specification, "Guidelines for Artifact Usage"). The same input gives the
 * same bytes, so that storing it again adds nothing.
 *
 * @param tag its tag, if it gets one
 * @returns the descriptor of its manifest
 */
export async function putArtifact(repository: Repository, artifact: Artifact, tag?: string): Promise<Descriptor> {
  const { artifactType, annotations } = artifact;
  const { mediaType, digest, size } = artifact.subject;
  const layers = artifact.layers.map((layer) => blob(layer.mediaType, layer.bytes, layer.annotations));
  for (const { descriptor, bytes } of [EMPTY_CONFIG, ...layers]) await repository.putBlob(bytes, descriptor.mediaType);
  const { descriptor, bytes } = blob(
    MEDIA_TYPES.manifest,
    jsonBytes({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.manifest,
      artifactType,
      config: EMPTY_CONFIG.descriptor,
      layers: layers.map((layer) => layer.descriptor),
      subject: { mediaType, digest, size },
      ...(annotations && { annotations }),
    }),
  );
  return repository.putManifest(tag ?? descriptor.digest, bytes, MEDIA_TYPES.manifest);
}
