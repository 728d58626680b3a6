import { Failure, oneLine, UsageError } from "@wasm-header-filter/cli";
import { type Digest, isDigest } from "./digest.ts";

/** Where an image is: `REGISTRY/REPOSITORY:TAG@DIGEST`. */
export interface Reference {
  /** Host and port; left out for what Docker and Istio look up on Docker Hub. */
  readonly registry?: string;
  readonly repository: string;
  readonly tag?: string;
  /** Of the manifest. */
  readonly digest?: Digest;
}

const REGISTRY_HOST =
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
const REPOSITORY_PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

/** Whether a text can be an image's tag (OCI distribution specification, "Pulling manifests"). */
export function isTag(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(text);
}

/**
 * Reads an image's name, without `oci://`, as Istio splits it: the first part is the registry if it holds a `.` or a `:`
 * (go-containerregistry pkg/name/repository.go).
 *
 * @param text `[REGISTRY/]REPOSITORY[:TAG][@DIGEST]`
 * @throws Failure if a part isn't what the OCI distribution specification allows; the text says which
 */
export function parseReference(text: string): Reference {
  const [whole = "", ...digests] = text.split("@");
  const [digest] = digests;
  if (digests.length > 1 || (digest !== undefined && !isDigest(digest))) {
    fail(text, "digest", "sha256: and 64 lower-case hexadecimal digits", digests.join("@"));
  }
  const colon = whole.lastIndexOf(":");
  const tagged = colon > whole.lastIndexOf("/");
  const name = tagged ? whole.slice(0, colon) : whole;
  const tag = tagged ? whole.slice(colon + 1) : undefined;
  if (tag !== undefined && !isTag(tag)) fail(text, "tag", "at most 128 of A-Z a-z 0-9 _ . -, not . or - first", tag);
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const registry = /[.:]/.test(first) ? first : undefined;
  if (
    registry !== undefined &&
    !(REGISTRY_HOST.test(registry) && Number(/:(\d+)$/.exec(registry)?.[1] ?? 1) <= 65535)
  ) {
    fail(text, "registry", "HOST or HOST:PORT", registry);
  }
  const repository = registry === undefined ? name : name.slice(slash + 1);
  if (!REPOSITORY_PATH.test(repository) || repository.length < 2 || repository.length > 255) {
    fail(
      text,
      "repository",
      "2 to 255 lower-case letters, digits and single . _ - between them, parts separated by /",
      repository,
    );
  }
  return {
    ...(registry !== undefined && { registry }),
    repository,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest: digest as Digest }),
  };
}

/**
 * Reads the value of a `--repository` option: an image's name without tag and digest.
 *
 * @throws UsageError if it isn't one
 */
export function repositoryOption(text: string): Reference {
  let reference: Reference;
  try {
    reference = parseReference(text);
  } catch (error) {
    throw new UsageError(oneLine(error));
  }
  if (!reference.tag && !reference.digest) return reference;
  throw new UsageError(`repository ${JSON.stringify(text)}: expected no tag and no digest, they are added`);
}

/**
 * Reads an image's name from a command line, with or without `oci://`.
 *
 * @throws UsageError if it isn't one
 */
export function imageArgument(text: string): Reference {
  try {
    return parseReference(text.replace(/^oci:\/\//, ""));
  } catch (error) {
    throw new UsageError(oneLine(error));
  }
}

/** The text that {@link parseReference} reads. */
export function formatReference({ registry, repository, tag, digest }: Reference): string {
  return `${registry ? `${registry}/` : ""}${repository}${tag ? `:${tag}` : ""}${digest ? `@${digest}` : ""}`;
}

function fail(text: string, what: string, expected: string, got: string): never {
  const said = JSON.stringify(got);
  throw new Failure(`image name ${JSON.stringify(text)}: ${what} ${said} is not valid, expected ${expected}`);
}
