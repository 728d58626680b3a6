import { isModuleEntry, isRawModule, MEDIA_TYPES, MODULE_LIMIT, bytes as size } from "@wasm-header-filter/oci";
import { diagnosisIf, type Rule } from "proxy-wasm-host";
import type { ImageSubject } from "../subjects/image.ts";
import { FETCH, PACK } from "./image-rules.ts";

const { layer: OCI_LAYER, dockerLayer: DOCKER_LAYER, dockerManifest: DOCKER_MANIFEST } = MEDIA_TYPES;
const isDocker = ({ manifest }: ImageSubject) => manifest?.mediaType === DOCKER_MANIFEST;
const isArtifact = (subject: ImageSubject) => !isDocker(subject) && subject.manifest?.layers.some(isRawModule) === true;
/** The descriptor that counts for the last layer: the first one with its digest (go-containerregistry pkg/v1/partial/with.go). */
const lastLayer = ({ manifest }: ImageSubject) => {
  const last = manifest?.layers.at(-1);
  return manifest && last && [manifest.config, ...manifest.layers].find(({ digest }) => digest === last.digest);
};
/** A name that may hold anything, on one line. */
const shown = (name: string | undefined) => (name && /[^\x21-\x7e]/.test(name) ? JSON.stringify(name) : name);
/** The archive's entries, with names to show. */
const entries = ({ layer }: ImageSubject) =>
  layer?.entries.map((one) => ({ ...one, name: shown(one.name) ?? "" })) ?? [];
const moduleEntry = ({ layer }: ImageSubject) => layer?.entries.find(isModuleEntry);

/** Rules about the layers of an image and their content. */
export const LAYER_RULES: readonly Rule<ImageSubject>[] = [
  {
    id: "image-layers-none",
    severity: "error",
    refuses: "no layers",
    source: `${FETCH}, extractOCIStandardImage`,
    find: ({ manifest }) =>
      diagnosisIf(manifest?.layers.length === 0, () => ({
        what: "has no layers",
        why: 'Istio: "number of layers must be greater than zero"',
        fix: PACK,
      })),
  },
  {
    id: "image-artifact-layers",
    severity: "error",
    refuses: "a raw module in an image that does not have two layers",
    source: `${FETCH}, extractOCIArtifactImage`,
    find: (subject) =>
      diagnosisIf(!subject.format && isArtifact(subject) && subject.manifest?.layers.length !== 2, () => ({
        what: `contains a raw module and has ${subject.manifest?.layers.length} layers`,
        why: `Istio: "number of layers must be 2 but got ${subject.manifest?.layers.length}"`,
        fix: `make it two layers: ${MEDIA_TYPES.wasmConfig} and ${MEDIA_TYPES.wasmContent} (oci pack --format artifact)`,
      })),
  },
  {
    id: "image-layer-type",
    severity: "error",
    refuses: "a last layer with a media type that Istio does not read",
    source: `${FETCH}, extractDockerImage and extractOCIStandardImage`,
    find: (subject) => {
      const last = lastLayer(subject);
      const artifact = isArtifact(subject) && subject.manifest?.layers.length !== 2;
      return diagnosisIf(last !== undefined && !subject.format && !artifact, () => {
        const expected = isDocker(subject) ? DOCKER_LAYER : OCI_LAYER;
        return {
          what: `has a last layer with the media type ${last?.mediaType}${kind(last?.mediaType, isDocker(subject))}`,
          why: `Istio: "invalid media type ${last?.mediaType} (expect ${expected})"`,
          fix: `make the last layer a tar archive compressed with gzip, of the media type ${expected}, or ${PACK}`,
        };
      });
    },
  },
  {
    id: "image-blob",
    severity: "error",
    refuses: "a layer that is missing or does not match its digest",
    source: "go-containerregistry pkg/v1/remote/fetcher.go, fetchBlob",
    find: ({ missing }) =>
      diagnosisIf(missing !== undefined, () => ({
        what: `has a layer that could not be read: ${missing}`,
        why: 'Istio: "could not get layer content: …"',
        fix: "push the image again",
      })),
  },
  {
    id: "image-gzip",
    severity: "error",
    refuses: "a last layer that is not compressed with gzip",
    source: `${FETCH}, extractWasmPluginBinary`,
    find: ({ layer }) =>
      diagnosisIf(layer?.state === "not gzip", () => ({
        what: "has a last layer that is not compressed with gzip",
        why: `Istio: "failed to parse layer as tar.gz: ${layer?.reason}"`,
        fix: "compress the layer with gzip, as its media type says",
      })),
  },
  {
    id: "image-tar",
    severity: "error",
    refuses: "a last layer that is no tar archive, or is broken before plugin.wasm",
    source: `${FETCH}, extractWasmPluginBinary, and Go's archive/tar and compress/gzip`,
    find: (subject) => {
      const { layer } = subject;
      const before = entries(subject).at(-1)?.name;
      return diagnosisIf(layer?.state === "broken archive", () => ({
        what: `has a last layer whose archive can't be read ${before === undefined ? "from its start" : `after ${before}`}`,
        why: `Istio: "could not extract wasm binary: ${layer?.reason}"`,
        fix: `put plugin.wasm in a tar archive, or ${PACK}`,
      }));
    },
  },
  {
    id: "image-tar-size",
    severity: "error",
    refuses: "an entry whose size can't be allocated",
    source: `${FETCH}, extractWasmPluginBinary`,
    find: ({ layer }) =>
      diagnosisIf(layer?.state === "panic", () => ({
        what: "has a last layer whose archive names a size that is negative, or larger than any memory",
        why: `Istio's agent ends: "panic: runtime error: ${layer?.reason}"`,
        fix: PACK,
      })),
  },
  {
    id: "image-layer-order",
    severity: "error",
    refuses: "plugin.wasm in a layer other than the last",
    source: `${FETCH}, extractDockerImage and extractOCIStandardImage`,
    find: ({ elsewhere, manifest }) =>
      diagnosisIf(elsewhere !== undefined, () => ({
        what: `has plugin.wasm in layer ${elsewhere} of ${manifest?.layers.length}`,
        why: 'Istio reads the last layer only: "plugin.wasm not found in the archive"',
        fix: "make the COPY of the module the last instruction in the Dockerfile that creates a layer",
      })),
  },
  {
    id: "image-file-name",
    severity: "error",
    refuses: "no plugin.wasm",
    source: `${FETCH}, extractWasmPluginBinary`,
    find: (subject) =>
      diagnosisIf(subject.layer?.state === "no module" && subject.elsewhere === undefined, () => ({
        what: `has no plugin.wasm in its last layer, which contains ${
          entries(subject)
            .slice(0, 3)
            .map(({ name }) => name)
            .join(", ") || "no files"
        }`,
        why: 'Istio: "plugin.wasm not found in the archive"',
        fix: "name the file plugin.wasm; its folder does not matter",
      })),
  },
  {
    id: "image-file-kind",
    severity: "error",
    refuses: "a plugin.wasm that is not a regular file",
    source: `${FETCH}, extractWasmPluginBinary`,
    find: (subject) => {
      const first = moduleEntry(subject);
      return diagnosisIf(first !== undefined && first.type !== "file", () => ({
        what: `has ${shown(first?.name)} as a ${first?.type}`,
        why:
          subject.layer?.state === "broken module"
            ? `Istio: "${subject.layer.reason}"`
            : 'Istio reads the content of this entry, which is empty: "fetched Wasm binary from … is invalid"',
        fix: "copy the file, not a link to it, and put no folder of this name before it",
      }));
    },
  },
  {
    id: "image-file-cut",
    severity: "error",
    refuses: "a plugin.wasm that is cut",
    source: `${FETCH}, extractWasmPluginBinary`,
    find: (subject) => {
      const { layer } = subject;
      const first = moduleEntry(subject);
      return diagnosisIf(layer?.state === "broken module" && first?.type === "file", () => ({
        what: `has ${shown(first?.name)}, whose content can't be read to its end`,
        why: `Istio: "${layer?.reason}"`,
        fix: `push the image again, or ${PACK}`,
      }));
    },
  },
  {
    id: "image-file-twice",
    severity: "warning",
    refuses: "more than one plugin.wasm",
    source: `${FETCH}, extractWasmPluginBinary`,
    find: (subject) => {
      const first = shown(moduleEntry(subject)?.name);
      const names = [first, ...(subject.layer?.others ?? []).map(shown)];
      return diagnosisIf(subject.module !== undefined && names.length > 1, () => ({
        what: `has ${names.join(" and ")}`,
        why: `Istio ignores folders and uses the first, ${first}`,
        fix: "remove the others",
      }));
    },
  },
  {
    id: "image-size",
    severity: "error",
    refuses: "a module larger than 256 MiB",
    source: "istio pilot/pkg/features/pilot.go, ISTIO_WASM_MAX_BINARY_SIZE_BYTES",
    find: ({ layer, module }) =>
      diagnosisIf(layer?.state === "too large" || (module?.length ?? 0) > MODULE_LIMIT, () => ({
        what: `contains more than ${size(MODULE_LIMIT)}`,
        why: 'Istio stops reading at this size: "failed to read plugin.wasm: unexpected EOF"',
        fix: "make the module smaller, or raise ISTIO_WASM_MAX_BINARY_SIZE_BYTES in the proxies",
      })),
  },
  {
    id: "image-layers-extra",
    severity: "info",
    refuses: "layers besides the one that contains the module",
    source: FETCH,
    find: ({ format, manifest, module }) =>
      diagnosisIf(module !== undefined && format !== "artifact" && (manifest?.layers.length ?? 0) > 1, () => ({
        what: `has ${manifest?.layers.length} layers`,
        why: "Istio fetches only the last one; the others are stored and scanned but not used",
        fix: "build FROM scratch",
      })),
  },
];

function kind(mediaType: string | undefined, docker: boolean): string {
  const known: Record<string, string> = {
    [DOCKER_LAYER]: docker ? "" : ", Docker's media type, in an OCI manifest",
    [OCI_LAYER]: docker ? ", OCI's media type, in a Docker manifest" : "",
    "application/wasm": ", the type of CNCF's Wasm artifacts, which Istio does not read",
  };
  if (mediaType?.endsWith("zstd")) return ", which is zstd";
  if (mediaType && /\.tar$/.test(mediaType)) return ", which is not compressed";
  return known[mediaType ?? ""] ?? "";
}
