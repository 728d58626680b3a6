import { type Descriptor, jsonBytes } from "../image.ts";
import type { Repository } from "../registry/repository.ts";
import { parseManifest } from "../schema.ts";
import { type ArtifactLayer, putArtifact } from "./artifact.ts";
import { DSSE_MEDIA_TYPE, seal, unseal } from "./dsse.ts";
import type { Signer } from "./keys.ts";
import { cosignLayers, cosignTag, signImage } from "./signature.ts";
import { type Claim, IN_TOTO, PREDICATE_TYPES, statement } from "./statement.ts";

/** The media type of a CycloneDX document. */
const CYCLONE_DX = "application/vnd.cyclonedx+json";

/** The annotation that says which claim an artifact holds. */
const PREDICATE_ANNOTATION = "predicateType";

/** What {@link attach} attaches to an image. */
export interface Evidence {
  /** The image's repository, as statements and signature name it. */
  readonly name: string;
  readonly claims: readonly Claim[];
  /** Signs the image and the claims. Claims that aren't signed could have been written by anyone. */
  readonly signer?: Signer | undefined;
}

/**
 * Attaches claims to an image: each as an in-toto statement that refers to the image, an SBOM as a separate document too. With a signer, the
 * statements (DSSE) and the image are signed, where cosign looks for the signatures. Running it again adds nothing.
 *
 * @param image the descriptor of its manifest
 * @returns the descriptors of what is attached
 */
export async function attach(
  repository: Repository,
  image: Descriptor,
  { name, claims, signer }: Evidence,
): Promise<Descriptor[]> {
  const attached: Descriptor[] = [];
  const sealed: ArtifactLayer[] = [];
  const before = signer ? await envelopes(repository, image) : [];
  for (const claim of claims) {
    if (claim.predicateType === PREDICATE_TYPES.sbom) {
      const layers = [{ mediaType: CYCLONE_DX, bytes: jsonBytes(claim.predicate) }];
      attached.push(await putArtifact(repository, { artifactType: CYCLONE_DX, subject: image, layers }));
    }
    const { predicateType } = claim;
    const said = jsonBytes(statement(name, image, claim));
    const layer = layerFor(before, claim, said, signer);
    if (signer) sealed.push(layer);
    const annotations = { [PREDICATE_ANNOTATION]: predicateType };
    const artifactType = layer.mediaType;
    attached.push(await putArtifact(repository, { artifactType, subject: image, layers: [layer], annotations }));
  }
  if (signer) {
    await collectForCosign(repository, image, sealed);
    await signImage(repository, name, image, signer);
  }
  return attached;
}

/** The statement, signed if there is a signer. An existing signature is reused, since each new one would be another artifact. */
function layerFor(
  before: readonly ArtifactLayer[],
  { predicateType }: Claim,
  said: Uint8Array,
  signer: Signer | undefined,
): ArtifactLayer {
  if (!signer) return { mediaType: IN_TOTO, bytes: said };
  const annotations = { "dev.cosignproject.cosign/signature": "", [PREDICATE_ANNOTATION]: predicateType };
  const kept = before.find(({ bytes }) => {
    const payload = unseal(IN_TOTO, bytes, signer.publicKey);
    return payload !== undefined && Buffer.compare(payload, said) === 0;
  });
  return { mediaType: DSSE_MEDIA_TYPE, bytes: kept?.bytes ?? seal(IN_TOTO, said, signer), annotations };
}

/** The signed statements that refer to an image, of any key. */
export async function envelopes(repository: Repository, image: Descriptor): Promise<ArtifactLayer[]> {
  const found = await repository.referrers(image.digest, DSSE_MEDIA_TYPE);
  const layers = await Promise.all(
    found.map(async ({ digest }) => {
      const { descriptor, bytes } = await repository.manifest(digest);
      return parseManifest(bytes, digest, descriptor.mediaType).layers;
    }),
  );
  const wanted = layers.flat().filter(({ mediaType }) => mediaType === DSSE_MEDIA_TYPE);
  return Promise.all(
    wanted.map(async (layer) => ({ mediaType: DSSE_MEDIA_TYPE, bytes: await repository.blob(layer) })),
  );
}

/** Adds the statements to the manifest that `cosign verify-attestation` reads, under its tag. */
async function collectForCosign(
  repository: Repository,
  image: Descriptor,
  sealed: readonly ArtifactLayer[],
): Promise<void> {
  const tag = cosignTag(image, "att");
  const before = await cosignLayers(repository, tag, DSSE_MEDIA_TYPE);
  const isNew = (layer: ArtifactLayer) => !before.some(({ bytes }) => Buffer.compare(bytes, layer.bytes) === 0);
  const added = sealed.filter(isNew);
  if (added.length === 0) return;
  const artifactType = "application/vnd.dev.cosign.artifact.att.v1+json";
  await putArtifact(repository, { artifactType, subject: image, layers: [...before, ...added] }, tag);
}
