import { gzipSync, zstdCompressSync } from "node:zlib";
import { createImage, type Descriptor, type Digest, digestOf, mediaTypes } from "@wasm-header-filter/oci";
import { type Entry, type LayoutBuilder, tar } from "./layout-builder.ts";

/** An image for one of doctor's rules. */
export interface ImageCase {
  readonly name: string;
  /** The rule that must speak up; none for a good image. */
  readonly rule?: string;
  /** Puts it into a layout; the result is what the tag names. */
  readonly build: (layout: LayoutBuilder, module: Uint8Array) => Descriptor | Promise<Descriptor>;
  /** What is pinned besides, given the image and the module. */
  readonly pin?: (top: Descriptor, module: Uint8Array) => Digest;
  readonly says?: string;
}

const { layer: OCI, dockerLayer: DOCKER, dockerManifest, wasmConfig, wasmContent } = mediaTypes;
const plugin = (data: Uint8Array): Entry => ({ name: "plugin.wasm", data });
const gzip = (...entries: readonly Entry[]) => gzipSync(tar(...entries));
const compat = (layout: LayoutBuilder, module: Uint8Array) => layout.manifest([layout.blob(OCI, gzip(plugin(module)))]);
const made = (format: "compat" | "docker" | "artifact"): ImageCase => ({
  name: `what oci pack makes, ${format}`,
  async build(layout, module) {
    const { blobs, descriptor } = await createImage(format, { module, abi: "0.2.1", annotations: {} });
    for (const data of blobs.values()) layout.blob("", data);
    return descriptor;
  },
});

export const GOOD_IMAGES: readonly ImageCase[] = [
  made("compat"),
  made("docker"),
  made("artifact"),
  {
    name: "a file in a folder, among others",
    build: (layout, module) =>
      layout.manifest([layout.blob(OCI, gzip({ name: "README" }, { name: "./a/plugin.wasm", data: module }))]),
  },
  {
    name: "an artifact's layers the other way round",
    build: (layout, module) => layout.manifest([layout.blob(wasmContent, module), layout.json(wasmConfig, {})]),
  },
  {
    name: "a manifest that does not name its own media type",
    build: (layout, module) =>
      layout.manifest([layout.blob(OCI, gzip(plugin(module)))], mediaTypes.manifest, { mediaType: undefined }),
  },
  { name: "a pinned digest", build: compat, pin: ({ digest }) => digest },
];

const one =
  (type: string, data: (module: Uint8Array) => Uint8Array, manifest: string = mediaTypes.manifest) =>
  (layout: LayoutBuilder, module: Uint8Array) =>
    layout.manifest([layout.blob(type, data(module))], manifest);
const LINUX = { platform: { os: "linux", architecture: "amd64" } };
const ARM = { platform: { os: "linux", architecture: "arm64" } };

export const BAD_IMAGES: readonly ImageCase[] = [
  {
    rule: "image-unreachable",
    name: "an index whose manifest is lost",
    build(layout, module) {
      const top = compat(layout, module);
      layout.lose(top);
      return top;
    },
  },
  {
    rule: "image-index-platform",
    name: "an index for another platform",
    build: (layout, module) => layout.index({ ...compat(layout, module), ...ARM }),
    says: "linux/arm64",
  },
  { rule: "image-index-platform", name: "an empty index", build: (layout) => layout.index() },
  {
    rule: "image-index",
    name: "an index with a child for linux/amd64",
    build: (layout, module) => layout.index({ ...compat(layout, module), ...LINUX }),
  },
  {
    rule: "image-index",
    name: "an index with a child without a platform",
    build: (layout, module) => layout.index(compat(layout, module)),
  },
  {
    rule: "image-digest",
    name: "the digest of the wasm file pinned",
    build: compat,
    pin: (_, module) => digestOf(module),
    says: "the digest of the wasm file",
  },
  {
    rule: "image-digest",
    name: "an index pinned",
    build: (layout, module) => layout.index(compat(layout, module)),
    pin: ({ digest }) => digest,
    says: "the digest of the index",
  },
  {
    rule: "image-manifest",
    name: "a manifest that is not JSON",
    build: (layout) => layout.blob(mediaTypes.manifest, Buffer.from("<html>")),
  },
  {
    rule: "image-manifest",
    name: "a manifest of schema version 1",
    build: (layout) => layout.json(mediaTypes.manifest, { schemaVersion: 1, fsLayers: [] }),
  },
  { rule: "image-layers-none", name: "no layers", build: (layout) => layout.manifest([]) },
  {
    rule: "image-artifact-layers",
    name: "a raw module alone",
    build: one(wasmContent, (module) => module),
    says: "2 but got 1",
  },
  {
    rule: "image-artifact-layers",
    name: "a raw module among three",
    build: (layout, module) =>
      layout.manifest([
        layout.json(wasmConfig, {}),
        layout.blob(wasmContent, module),
        layout.blob("text/plain", Buffer.from("x")),
      ]),
  },
  {
    rule: "image-layer-type",
    name: "a plain tar",
    build: one("application/vnd.oci.image.layer.v1.tar", (module) => tar(plugin(module))),
    says: "not compressed",
  },
  {
    rule: "image-layer-type",
    name: "zstd",
    build: one("application/vnd.oci.image.layer.v1.tar+zstd", (module) => zstdCompressSync(tar(plugin(module)))),
    says: "zstd",
  },
  {
    rule: "image-layer-type",
    name: "application/wasm",
    build: one("application/wasm", (module) => module),
    says: "CNCF",
  },
  {
    rule: "image-layer-type",
    name: "a Docker manifest with an OCI layer",
    build: one(OCI, (module) => gzip(plugin(module)), dockerManifest),
    says: "under a Docker manifest",
  },
  {
    rule: "image-layer-type",
    name: "an OCI manifest with a Docker layer",
    build: one(DOCKER, (module) => gzip(plugin(module))),
    says: "under an OCI manifest",
  },
  {
    rule: "image-blob",
    name: "a layer that was changed",
    build(layout, module) {
      const layer = layout.blob(OCI, gzip(plugin(module)));
      layout.spoil(layer);
      return layout.manifest([layer]);
    },
  },
  { rule: "image-gzip", name: "a plain tar that says it is gzip", build: one(OCI, (module) => tar(plugin(module))) },
  {
    rule: "image-tar",
    name: "a gzipped module without a tar",
    build: one(OCI, (module) => gzipSync(Buffer.concat([module, Buffer.alloc(1024, 1)]))),
  },
  {
    rule: "image-layer-order",
    name: "the module below another layer",
    build: (layout, module) =>
      layout.manifest([
        layout.blob(OCI, gzip(plugin(module))),
        layout.blob(OCI, gzip({ name: "README", data: Buffer.from("x") })),
      ]),
    says: "in layer 1 of 2",
  },
  {
    rule: "image-file-name",
    name: "another file name",
    build: one(OCI, (module) => gzip({ name: "main.wasm", data: module })),
    says: "main.wasm",
  },
  {
    rule: "image-file-kind",
    name: "a link",
    build: one(OCI, (module) => gzip({ name: "main.wasm", data: module }, { name: "plugin.wasm", link: "main.wasm" })),
    says: "symlink",
  },
  {
    rule: "image-file-twice",
    name: "two files",
    build: one(OCI, (module) => gzip({ name: "a/plugin.wasm", data: module }, plugin(module))),
    says: "a/plugin.wasm",
  },
  {
    rule: "image-size",
    name: "257 MiB",
    build: one(OCI, () =>
      gzipSync(Buffer.concat([tar({ name: "plugin.wasm", data: new Uint8Array(259 * 1024 * 1024) })]), { level: 1 }),
    ),
  },
  {
    rule: "image-layers-extra",
    name: "a base image",
    build: (layout, module) =>
      layout.manifest([layout.blob(OCI, gzip({ name: "etc" })), layout.blob(OCI, gzip(plugin(module)))]),
  },
  {
    rule: "module-format",
    name: "a plugin.wasm that is text",
    build: one(OCI, () => gzip(plugin(Buffer.from("(module)")))),
  },
];
