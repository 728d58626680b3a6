import { digestOf } from "../../src/digest.ts";
import { EMPTY, GOOD } from "./layer-forms.ts";
import {
  base64,
  CONFIG,
  type Form,
  form,
  INDEX,
  type Json,
  type Layer,
  OCI,
  plain,
  RAW,
  TAR,
  utf8,
  wasmConfig,
} from "./registry-writer.ts";
import { MODULE } from "./tar-writer.ts";

/** What descriptors say of a layer, a raw layer, a config and a manifest in an index. */
export function descriptors(): Form[] {
  const bad = (name: string, more: Json, bytes = GOOD): Form[] => [
    plain(`layer with ${name}`, [[TAR, bytes, more]]),
    plain(`raw layer with ${name}`, [
      [wasmConfig, utf8("{}")],
      [RAW, MODULE, more],
    ]),
    form(`config with ${name}`, (registry) =>
      registry.latest(registry.image([[TAR, GOOD]], { config: registry.blob(CONFIG, utf8("{}"), more) }), OCI),
    ),
    form(`child with ${name}`, (registry) => {
      const child = registry.manifest(registry.image([[TAR, GOOD]]), OCI, more);
      return registry.latest({ schemaVersion: 2, mediaType: INDEX, manifests: [child] }, INDEX);
    }),
  ];
  const wrong = `sha256:${"0".repeat(64)}`;
  return [
    ...bad("a size that is too small", { size: 10 }),
    ...bad("a size that is too large", { size: 100000 }),
    ...bad("a size of zero", { size: 0 }),
    ...bad("a size of -1", { size: -1 }),
    ...bad("a size of -2", { size: -2 }),
    ...bad("a size that is a fraction", { size: 1.5 }),
    ...bad("a size that is text", { size: "10" }),
    ...bad("a size beyond 64 bits", { size: 1e19 }),
    ...bad("no size", { size: undefined }),
    ...bad("a size that is null", { size: null }),
    ...bad("no digest", { digest: undefined }),
    ...bad("a digest that is null", { digest: null }),
    ...bad("a digest that nothing has", { digest: wrong }),
    ...bad("a digest in capitals", { digest: wrong.replaceAll("0", "A") }),
    ...bad("a digest that is short", { digest: "sha256:00" }),
    ...bad("a digest of another kind", { digest: `sha512:${"0".repeat(128)}` }),
    ...bad("a digest that is a path", { digest: "../../etc/passwd" }),
    ...bad("an empty digest", { digest: "" }),
    ...bad("no media type", { mediaType: undefined }),
    ...bad("a media type that is null", { mediaType: null }),
    ...bad("a media type that is a number", { mediaType: 1 }),
    ...bad("annotations that are null", { annotations: null }),
    ...bad("annotations that are numbers", { annotations: { a: 1 } }),
    ...bad("an annotation that is null", { annotations: { a: null } }),
    ...bad("annotations that are a list", { annotations: [] }),
    ...bad("a URL", { urls: ["https://elsewhere.example/x"] }),
    ...bad("URLs that are text", { urls: "https://elsewhere.example/x" }),
    ...bad("unknown fields", { unknown: { a: [1.5] } }),
    ...bad("a platform of Windows", { platform: { os: "windows", architecture: "amd64" } }),
    ...bad("a platform that is text", { platform: "linux/amd64" }),
    ...bad("a platform that is null", { platform: null }),
    ...bad("an artifact type that is a number", { artifactType: 7 }),
    ...bad("data", { data: base64(MODULE) }),
    ...bad("empty data", { data: "" }),
    ...bad("data that are null", { data: null }),
    ...bad("data that are not base64", { data: "***" }),
    ...bad("data without padding", { data: base64(GOOD).replace(/=+$/, "").slice(0, -1) }),
    ...bad("data with a line break", { data: `${base64(GOOD).slice(0, 8)}\r\n${base64(GOOD).slice(8)}` }),
    ...bad("data that are a list of numbers", { data: [...GOOD] }),
    ...bad("data that are a list of text", { data: ["a"] }),
    ...bad("data of another layer", { data: base64(EMPTY) }),
    ...bad("data and a wrong size", { data: base64(GOOD), size: 10 }),
    ...bad("data and a larger size", { data: base64(GOOD), size: 100000 }),
    ...bad("data and a size of -1", { data: base64(GOOD), size: -1 }),
    ...bad("fields in capitals", { mediaType: undefined, MEDIATYPE: TAR }),
    ...bad("fields in two cases", { MediaType: RAW }),
    ...data(),
  ];
}

/** Layers whose bytes are in the manifest. */
function data(): Form[] {
  const inline = (name: string, type: string, bytes: Uint8Array, more: Json = {}, other: Layer[] = []): Form =>
    form(`data alone: ${name}`, (registry) => {
      const layer = { mediaType: type, digest: digestOf(bytes), size: bytes.length, data: base64(bytes), ...more };
      const image = registry.image(other);
      return registry.latest({ ...image, layers: [...(image.layers as Json[]), layer] }, OCI);
    });
  const wrong = `sha256:${"1".repeat(64)}`;
  const raw: Layer[] = [[wasmConfig, utf8("{}")]];
  return [
    inline("a layer", TAR, GOOD),
    inline("a layer of another digest", TAR, GOOD, { digest: wrong }),
    inline("a layer of a smaller size", TAR, GOOD, { size: GOOD.length - 20 }),
    inline("a layer of a much smaller size", TAR, GOOD, { size: 100 }),
    inline("a layer of a larger size", TAR, GOOD, { size: GOOD.length + 20 }),
    inline("a layer of size -1", TAR, GOOD, { size: -1 }),
    inline("a layer without a digest", TAR, GOOD, { digest: undefined }),
    inline("a layer without a module", TAR, EMPTY),
    inline("a raw layer", RAW, MODULE, {}, raw),
    inline("a raw layer of another digest", RAW, MODULE, { digest: wrong }, raw),
    inline("a raw layer of a smaller size", RAW, MODULE, { size: 100 }, raw),
    inline("a raw layer of a larger size", RAW, MODULE, { size: 100000 }, raw),
    inline("a raw layer of size -1", RAW, MODULE, { size: -1 }, raw),
    inline("a raw layer without padding", RAW, MODULE, { data: base64(MODULE).replaceAll("=", "") }, raw),
  ];
}
