import { digestOf } from "./digest.ts";
import { blob, type Descriptor, type Image, jsonBytes, type Manifest } from "./image.ts";
import { packLayer } from "./layer.ts";
import { MEDIA_TYPES } from "./mediatypes.ts";

/** The image formats that Istio takes; see the README for what is inside each. */
export const FORMATS = ["compat", "docker", "artifact"] as const;
export type Format = (typeof FORMATS)[number];

/** What goes into an image. */
export interface ImageInput {
  readonly module: Uint8Array;
  /** The Proxy-Wasm ABI that the module's marker names, such as `0.2.1`. */
  readonly abi: string;
  /** Sorted by key when written. */
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339; left out, the image has no creation time. */
  readonly created?: string | undefined;
}

/**
 * Builds an image in memory: a plain manifest, never an index, whose bytes depend on the input alone.
 *
 * @param format `compat`, `docker` or `artifact`
 * @param input the module and its metadata
 */
export function createImage(format: Format, input: ImageInput): Promise<Image> {
  return format === "artifact" ? artifact(input) : container(format, input);
}

/** One tar+gzip layer with `plugin.wasm`, as `FROM scratch` and `COPY` would make it (solo-io/wasm spec/spec-compat.md). */
async function container(format: "compat" | "docker", input: ImageInput): Promise<Image> {
  const docker = format === "docker";
  const { tar, gzip } = await packLayer(input.module);
  const layer = blob(docker ? MEDIA_TYPES.dockerLayer : MEDIA_TYPES.layer, gzip);
  const annotations = sorted(input.annotations);
  const config = blob(
    docker ? MEDIA_TYPES.dockerConfig : MEDIA_TYPES.config,
    jsonBytes({
      ...(input.created && { created: input.created }),
      // What `docker build` writes, and the one platform Istio asks for should a mirror wrap the manifest into an index.
      architecture: "amd64",
      os: "linux",
      config: { Labels: annotations },
      rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
    }),
  );
  const mediaType = docker ? MEDIA_TYPES.dockerManifest : MEDIA_TYPES.manifest;
  return assemble(
    {
      schemaVersion: 2,
      mediaType,
      config: config.descriptor,
      layers: [layer.descriptor],
      // Docker's schema 2 knows no annotations: there the labels of the config say the same.
      ...(!docker && { annotations: sorted({ ...input.annotations, "module.wasm.image/variant": "compat" }) }),
    },
    mediaType,
    [config, layer],
  );
}

/** The module as a layer, and a layer with runtime settings (solo-io/wasm spec/spec.md). */
async function artifact(input: ImageInput): Promise<Image> {
  const title = "org.opencontainers.image.title";
  const runtime = { type: "envoy_proxy", abiVersions: [input.abi], config: {} };
  const settings = blob(MEDIA_TYPES.wasmConfig, jsonBytes(runtime), { [title]: "runtime-config.json" });
  const module = blob(MEDIA_TYPES.wasmContent, input.module, { [title]: "plugin.wasm" });
  const config = blob(MEDIA_TYPES.config, jsonBytes({}));
  return assemble(
    {
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.manifest,
      config: config.descriptor,
      layers: [settings.descriptor, module.descriptor],
      annotations: sorted(input.annotations),
    },
    MEDIA_TYPES.manifest,
    [config, settings, module],
  );
}

function assemble(
  manifest: Manifest,
  mediaType: string,
  parts: readonly { descriptor: Descriptor; bytes: Uint8Array }[],
): Image {
  const top = blob(mediaType, jsonBytes(manifest));
  const blobs = new Map([...parts, top].map(({ descriptor, bytes }) => [descriptor.digest, bytes]));
  return { descriptor: top.descriptor, manifest, blobs };
}

function sorted(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
