import type { KeyObject } from "node:crypto";
import { hexOf } from "../digest.ts";
import { type Descriptor, jsonBytes } from "../image.ts";
import type { ArtifactLayer } from "./artifact.ts";
import { isSigned, type Signer } from "./keys.ts";

/** The media type of what cosign 2 signs: the image's name and digest. */
export const SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json";
const SIGNATURE_ANNOTATION = "dev.cosignproject.cosign/signature";

/** The tag under which cosign 2 stores signatures or attestations of an image (sigstore/cosign specs/SIGNATURE_SPEC.md). */
export function cosignTag(image: Descriptor, suffix: "sig" | "att"): string {
  return `sha256-${hexOf(image.digest)}.${suffix}`;
}

/**
 * A signature as cosign 2 writes it.
 *
 * @param name the image's repository, as the signature names it
 * @param image the descriptor of its manifest
 */
export function simpleSignature(name: string, image: Descriptor, signer: Signer): ArtifactLayer {
  const bytes = jsonBytes({
    critical: {
      identity: { "docker-reference": name },
      image: { "docker-manifest-digest": image.digest },
      type: "cosign container image signature",
    },
    optional: null,
  });
  const signature = Buffer.from(signer.sign(bytes)).toString("base64");
  return { mediaType: SIMPLE_SIGNING, bytes, annotations: { [SIGNATURE_ANNOTATION]: signature } };
}

/** The signature must be the key's, and what it signs must be this image's digest: one copied from another image isn't. */
export function isGenuine(
  { bytes, annotations }: Pick<ArtifactLayer, "bytes" | "annotations">,
  image: Descriptor,
  key: KeyObject,
): boolean {
  try {
    const { critical } = JSON.parse(new TextDecoder().decode(bytes));
    const signature = Buffer.from(annotations?.[SIGNATURE_ANNOTATION] ?? "", "base64");
    return critical.image["docker-manifest-digest"] === image.digest && isSigned(bytes, signature, key);
  } catch {
    return false;
  }
}
