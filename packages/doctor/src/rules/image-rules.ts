import { diagnosisIf, type Rule } from "proxy-wasm-host";
import { type ImageSubject, moduleDigest, PLATFORM } from "../subjects/image.ts";

/** Where Istio takes the module out of an image. */
export const FETCH = "istio pkg/wasm/imagefetcher.go";
const CACHE = "istio pkg/wasm/cache.go, Get";
export const PACK = "pack the module with oci pack, which writes what Istio reads";

const indexes = ({ top, index }: ImageSubject) => (index ? top?.digest : undefined);

/** What an image as a whole must be for Istio's agent to take it. */
export const IMAGE_RULES: readonly Rule<ImageSubject>[] = [
  {
    id: "image-unreachable",
    severity: "error",
    refuses: "a reference that can't be resolved",
    source: `${FETCH}, PrepareFetch`,
    find: ({ unreachable }) =>
      diagnosisIf(unreachable !== undefined, () => ({
        what: `can't be fetched: ${unreachable}`,
        why: 'Istio: "could not fetch manifest: …"; the proxy then answers 403 (FAIL_CLOSE) or passes the filter by (FAIL_OPEN)',
        fix: "check the name, the tag and the credentials",
      })),
  },
  {
    id: "image-index-platform",
    severity: "error",
    refuses: `an index with no child for ${PLATFORM} and none without a platform`,
    source: "go-containerregistry pkg/v1/remote/index.go, childByPlatform",
    find: ({ index, image }) =>
      diagnosisIf(index !== undefined && !image, () => ({
        what: `is an index whose children are for ${index?.platforms.join(", ") || "nothing"}`,
        why: `Istio asks for ${PLATFORM} on every machine: "no child with platform ${PLATFORM} in index …"`,
        fix: "push a plain manifest instead of an index; a Wasm module needs no platform",
      })),
  },
  {
    id: "image-index",
    severity: "warning",
    refuses: "an index at all",
    source: "go-containerregistry pkg/v1/remote/descriptor.go, Image",
    find: ({ index, image }) =>
      diagnosisIf(index !== undefined && image !== undefined, () => ({
        what: `is an index; Istio takes its child ${image?.digest}`,
        why: "the index's own digest can't be pinned, and a mirror that keeps other children breaks it",
        fix: "push a plain manifest (docker buildx: --provenance=false --sbom=false and one platform)",
      })),
  },
  {
    id: "image-digest",
    severity: "error",
    refuses: "another manifest digest than the URL or sha256 pins",
    source: CACHE,
    find: (subject) =>
      subject.pins
        .filter(({ digest }) => subject.image && digest !== subject.image.digest)
        .map(({ digest, by }) => ({
          what: `${by} pins ${digest}${mistaken(subject, digest)}`,
          why: `Istio: "module downloaded from … has checksum ${hex(subject.image?.digest)}, which does not match: ${hex(digest)}"`,
          fix: `pin the image manifest's digest, ${subject.image?.digest}`,
        })),
  },
  {
    id: "image-manifest",
    severity: "error",
    refuses: "a manifest that makes no sense",
    source: `${FETCH}, PrepareFetch`,
    find: ({ malformed, image }) =>
      diagnosisIf(malformed !== undefined, () => ({
        what: `has a manifest ${image?.digest} that can't be used: ${malformed}`,
        why: 'Istio: "could not retrieve manifest: …"',
        fix: `push it again; ${PACK}`,
      })),
  },
];

const hex = (digest: string | undefined) => digest?.slice("sha256:".length);

function mistaken(subject: ImageSubject, digest: string): string {
  if (digest === moduleDigest(subject)) return ", the digest of the wasm file";
  if (digest === indexes(subject)) return ", the digest of the index";
  const layer = subject.manifest?.layers.some((one) => one.digest === digest);
  return layer ? ", the digest of a layer" : "";
}
