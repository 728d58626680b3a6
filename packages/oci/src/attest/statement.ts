import { hexOf } from "../digest.ts";
import type { Descriptor } from "../image.ts";

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

/** An in-toto statement (in-toto/attestation spec/v1/statement.md). */
export interface Statement {
  readonly _type: "https://in-toto.io/Statement/v1";
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicateType: string;
  readonly predicate: unknown;
}

/**
 * A claim about an image as an in-toto statement.
 *
 * @param name the image's repository
 * @param image the descriptor of its manifest
 */
export function statement(name: string, image: Descriptor, { predicateType, predicate }: Claim): Statement {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name, digest: { sha256: hexOf(image.digest) } }],
    predicateType,
    predicate,
  };
}

/** Whether something is a statement about an image. */
export function isAbout(value: unknown, image: Descriptor): value is Statement {
  const { _type, subject, predicateType } = (value ?? {}) as Partial<Statement>;
  return (
    _type === "https://in-toto.io/Statement/v1" &&
    typeof predicateType === "string" &&
    Array.isArray(subject) &&
    subject.some((entry) => entry?.digest?.sha256 === hexOf(image.digest))
  );
}
