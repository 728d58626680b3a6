import { hexOf } from "../digest.ts";
import { type Descriptor, jsonBytes } from "../image.ts";

/** A claim about an image: its type and its content. */
export interface Claim {
  /** The short name that `oci verify --type` takes. */
  readonly name: "sbom" | "provenance" | "test-result";
  /** A URI that says how to read the content. */
  readonly predicateType: string;
  readonly predicate: unknown;
}

/** The kinds of claims, by name. */
export const PREDICATE_TYPES = {
  sbom: "https://cyclonedx.org/bom",
  provenance: "https://slsa.dev/provenance/v1",
  "test-result": "https://in-toto.io/attestation/test-result/v0.1",
} as const satisfies Record<Claim["name"], string>;

/** The media type of in-toto statements. */
export const IN_TOTO = "application/vnd.in-toto+json";

/** The type of the statement that is an image's signature; its predicate is empty. */
export const COSIGN_SIGN = "https://sigstore.dev/cosign/sign/v1";

/** What a statement says. */
export interface Statement {
  readonly predicateType: string;
  readonly predicate: unknown;
}

/**
 * A statement about an image as in-toto has it (in-toto/attestation spec/v1/statement.md).
 *
 * @param name the image's repository
 * @param image the descriptor of its manifest
 * @returns its JSON
 */
export function statement(name: string, image: Descriptor, { predicateType, predicate }: Statement): Uint8Array {
  return jsonBytes({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name, digest: { sha256: hexOf(image.digest) } }],
    predicateType,
    predicate,
  });
}

/** Reads a statement that was signed without a bundle; nothing if it is none about the image. cosign wrote v0.1 of them. */
export function statementAbout(bytes: Uint8Array, image: Descriptor): Statement | undefined {
  try {
    const { _type, subject, predicateType, predicate } = JSON.parse(new TextDecoder().decode(bytes));
    const known = /^https:\/\/in-toto\.io\/Statement\/v(?:0\.)?1$/.test(_type) && typeof predicateType === "string";
    const about = subject.some(
      (entry: { digest?: { sha256?: unknown } }) => entry?.digest?.sha256 === hexOf(image.digest),
    );
    return known && about ? { predicateType, predicate } : undefined;
  } catch {
    return undefined;
  }
}
