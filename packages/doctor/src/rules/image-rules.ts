import { PLATFORM } from "@wasm-header-filter/oci";
import { diagnosisIf, type Rule } from "proxy-wasm-host";
import { type ImageSubject, moduleDigest } from "../subjects/image.ts";

/** Istio's code that extracts the module from an image. */
export const FETCH = "istio pkg/wasm/imagefetcher.go";
const CACHE = "istio pkg/wasm/cache.go, Get";
/** A fix for images of a format that Istio does not read. */
export const PACK = "pack the module with oci pack";

const indexes = ({ top, index }: ImageSubject) => (index ? top?.digest : undefined);

/** Rules about an image's reference, index and manifest. */
export const IMAGE_RULES: readonly Rule<ImageSubject>[] = [
  {
    id: "image-unreachable",
    severity: "error",
    refuses: "an image that could not be fetched",
    source: `${FETCH}, PrepareFetch`,
    find: ({ unreachable }) =>
      diagnosisIf(unreachable !== undefined, () => ({
        what: `could not be fetched: ${unreachable}`,
        why: 'Istio: "could not fetch manifest: …"; requests then get 403 (FAIL_CLOSE) or skip the filter (FAIL_OPEN)',
        fix: "check the name, the tag and the credentials",
      })),
  },
  {
    id: "image-index-platform",
    severity: "error",
    refuses: `an index without a manifest for ${PLATFORM}, or one without a platform`,
    source: "go-containerregistry pkg/v1/remote/index.go, childByPlatform",
    find: ({ index, image }) =>
      diagnosisIf(index !== undefined && !image, () => ({
        what: `is an index with manifests for ${index?.platforms.join(", ") || "nothing"}`,
        why: `Istio asks for ${PLATFORM} on every platform: "no child with platform ${PLATFORM} in index …"`,
        fix: "push a plain manifest instead of an index; a Wasm module needs no platform",
      })),
  },
  {
    id: "image-index",
    severity: "warning",
    refuses: "an index",
    source: "go-containerregistry pkg/v1/remote/descriptor.go, Image",
    find: ({ index, image }) =>
      diagnosisIf(index !== undefined && image !== undefined, () => ({
        what: `is an index; Istio uses its manifest ${image?.digest}`,
        why: "the digest of the index can't be pinned, and a mirror may copy only some of its manifests",
        fix: "push a plain manifest (docker buildx: --provenance=false --sbom=false and one platform)",
      })),
  },
  {
    id: "image-digest",
    severity: "error",
    refuses: "a manifest digest that differs from the one pinned by the URL or sha256",
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
    refuses: "an invalid manifest",
    source: `${FETCH}, PrepareFetch`,
    find: ({ malformed, image }) =>
      diagnosisIf(malformed !== undefined, () => ({
        what: `has an invalid manifest ${image?.digest}: ${malformed}`,
        why: 'Istio: "could not retrieve manifest: …"',
        fix: `push it again, or ${PACK}`,
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
