import { type Descriptor, jsonBytes } from "../image.ts";
import type { Repository } from "../registry/repository.ts";
import { putArtifact } from "./artifact.ts";
import { findSigned } from "./found.ts";
import type { Signer } from "./keys.ts";
import { putStatement, signImage } from "./sign.ts";
import { type Claim, IN_TOTO, PREDICATE_TYPES, statement } from "./statement.ts";

/** The media type of a CycloneDX document. */
const CYCLONE_DX = "application/vnd.cyclonedx+json";

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
 * statements and the image are signed as cosign 3 does, in Sigstore bundles. Running it again adds nothing.
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
  const before = signer && (await findSigned(repository, image));
  for (const claim of claims) {
    const { predicateType, predicate } = claim;
    if (predicateType === PREDICATE_TYPES.sbom) {
      const layers = [{ mediaType: CYCLONE_DX, bytes: jsonBytes(predicate) }];
      attached.push(await putArtifact(repository, { artifactType: CYCLONE_DX, subject: image, layers }));
    }
    if (signer && before) {
      attached.push((await putStatement(repository, name, image, claim, signer, before)).descriptor);
    } else {
      const layers = [{ mediaType: IN_TOTO, bytes: statement(name, image, claim) }];
      const annotations = { predicateType };
      attached.push(await putArtifact(repository, { artifactType: IN_TOTO, subject: image, layers, annotations }));
    }
  }
  if (signer) await signImage(repository, name, image, signer);
  return attached;
}
