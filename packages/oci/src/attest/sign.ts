import type { Descriptor } from "../image.ts";
import type { Repository } from "../registry/repository.ts";
import { putArtifact } from "./artifact.ts";
import { BUNDLE, createBundle, signedStatement } from "./bundle.ts";
import { type Found, findSigned } from "./found.ts";
import type { Signer } from "./keys.ts";
import { cosignTag, isGenuine, SIMPLE_SIGNING, simpleSignature } from "./signature.ts";
import { COSIGN_SIGN, type Statement, statement } from "./statement.ts";

/** How a signature is stored: as cosign 3 does, a bundle among the image's referrers, or under the tag where cosign 2 looks. */
export const SIGNATURE_FORMATS = ["bundle", "tag"] as const;
export type SignatureFormat = (typeof SIGNATURE_FORMATS)[number];

/**
 * Signs an image as `cosign sign --key` does, unless the key has signed it already in this format. Others' signatures stay.
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
  format: SignatureFormat = "bundle",
): Promise<boolean> {
  const found = await findSigned(repository, image);
  if (format === "tag") return signUnderTag(repository, name, image, signer, found);
  const said = { predicateType: COSIGN_SIGN, predicate: {} };
  return (await putStatement(repository, name, image, said, signer, found)).added;
}

/**
 * Stores a signed statement as cosign 3 does: in a bundle, a referrer of the image. The key's earlier bundle with the same statement is kept
 * instead, since each new signature is another one.
 *
 * @param found what is attached to the image already
 * @returns the descriptor of the bundle's manifest
 */
export async function putStatement(
  repository: Repository,
  name: string,
  image: Descriptor,
  said: Statement,
  signer: Signer,
  found: Found,
): Promise<{ readonly descriptor: Descriptor; readonly added: boolean }> {
  const payload = statement(name, image, said);
  const kept = found.bundles.find(({ bytes }) => {
    const signed = signedStatement(bytes, signer.publicKey);
    return signed !== undefined && Buffer.compare(signed, payload) === 0;
  });
  if (kept) return { descriptor: kept.manifest, added: false };
  const descriptor = await putArtifact(repository, {
    artifactType: BUNDLE,
    subject: image,
    layers: [{ mediaType: BUNDLE, bytes: createBundle(payload, signer) }],
    annotations: {
      "dev.sigstore.bundle.content": "dsse-envelope",
      "dev.sigstore.bundle.predicateType": said.predicateType,
    },
  });
  return { descriptor, added: true };
}

async function signUnderTag(
  repository: Repository,
  name: string,
  image: Descriptor,
  signer: Signer,
  { signatures }: Found,
): Promise<boolean> {
  const tag = cosignTag(image, "sig");
  const tagged = await repository.resolve(tag);
  const others = signatures.filter(({ manifest }) => manifest.digest === tagged?.digest);
  if (others.some((layer) => isGenuine(layer, image, signer.publicKey))) return false;
  const layers = others.map(({ bytes, annotations }) => ({ mediaType: SIMPLE_SIGNING, bytes, annotations }));
  const artifactType = "application/vnd.dev.cosign.artifact.sig.v1+json";
  await putArtifact(
    repository,
    { artifactType, subject: image, layers: [...layers, simpleSignature(name, image, signer)] },
    tag,
  );
  return true;
}
