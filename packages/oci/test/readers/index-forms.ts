import { digestOf } from "../../src/digest.ts";
import { EMPTY, GOOD } from "./layer-forms.ts";
import {
  base64,
  DOCKER,
  dockerLayer,
  type Form,
  form,
  INDEX,
  type Json,
  LIST,
  OCI,
  RAW,
  type Registry,
  TAR,
  utf8,
  wasmConfig,
} from "./registry-writer.ts";
import { MODULE } from "./tar-writer.ts";

/** Indexes. */
export function indexes(): Form[] {
  const child = (registry: Registry, more: Json = {}, bytes = GOOD) =>
    registry.manifest(registry.image([[TAR, bytes]], { annotations: { bytes: digestOf(bytes) } }), OCI, more);
  const index = (manifests: readonly Json[], more: Json = {}) => ({
    schemaVersion: 2,
    mediaType: INDEX,
    manifests,
    ...more,
  });
  const of = (name: string, children: (registry: Registry) => Json[], more: Json = {}, type: string = INDEX): Form =>
    form(`index: ${name}`, (registry) => registry.latest(index(children(registry), more), type));
  const on = (os: unknown, architecture: unknown, more: Json = {}) => ({ platform: { os, architecture, ...more } });
  const platforms: Json[] = [
    on("linux", "amd64"),
    on("linux", "arm64"),
    on("windows", "amd64"),
    on("unknown", "unknown"),
    on("", ""),
  ];
  platforms.push(
    on("linux", "amd64", { variant: "v3" }),
    on("linux", "amd64", { "os.version": "1" }),
    on("Linux", "amd64"),
  );
  platforms.push(
    on("linux", "amd64", { features: ["a"], "os.features": ["b"] }),
    on("linux", "amd64", { features: "a" }),
  );
  platforms.push(on(undefined, "amd64"), on("linux", undefined), on(null, "amd64"), on(1, "amd64"), { platform: {} });
  platforms.push(
    { platform: null },
    { platform: [] },
    { platform: { OS: "linux", Architecture: "amd64" } },
    {},
    { Platform: { os: "a" } },
  );
  platforms.push(on("linux", "amd64", { variant: 1 }), on("linux", "AMD64"), on("linux", "x86_64"));
  const nested = (registry: Registry, depth: number, more: Json = {}): Json =>
    depth === 0
      ? child(registry, more)
      : registry.manifest(index([nested(registry, depth - 1, more)]), INDEX, depth > 1 ? {} : more);
  return [
    ...platforms.flatMap((platform): Form[] => [
      of(`a child with ${JSON.stringify(platform)}`, (registry) => [child(registry, platform)]),
      of(`${JSON.stringify(platform)} before linux/amd64`, (registry) => [
        child(registry, platform, EMPTY),
        child(registry, on("linux", "amd64")),
      ]),
    ]),
    of("of Docker", (registry) => [child(registry, on("linux", "amd64"))], { mediaType: LIST }, LIST),
    of("without children", () => []),
    of("children that are null", () => [], { manifests: null }),
    of("children that are an object", () => [], { manifests: {} }),
    of("a child that is null", (registry) => [null as unknown as Json, child(registry)]),
    of("a child that is a number", (registry) => [1 as unknown as Json, child(registry)]),
    of("served as a manifest", (registry) => [child(registry)], {}, OCI),
    of("served with a parameter", (registry) => [child(registry)], {}, `${INDEX}; charset=utf-8`),
    of("served without a type", (registry) => [child(registry)], {}, ""),
    of("without a media type", (registry) => [child(registry)], { mediaType: undefined }),
    of("of another media type inside", (registry) => [child(registry)], { mediaType: OCI }),
    of("a schema version that is text", (registry) => [child(registry)], { schemaVersion: "2" }),
    of("without a schema version", (registry) => [child(registry)], { schemaVersion: undefined }),
    of("a broken second child", (registry) => [child(registry), { mediaType: OCI, digest: "x", size: 1 }]),
    of("a second child without a digest", (registry) => [child(registry), { mediaType: OCI }]),
    of("two children without a platform", (registry) => [child(registry), child(registry, {}, EMPTY)]),
    of("two children without a platform, the other way round", (registry) => [
      child(registry, {}, EMPTY),
      child(registry),
    ]),
    of("a child of another type", (registry) => [child(registry, { mediaType: "application/json" })]),
    of("a child without a type", (registry) => [child(registry, { mediaType: "" })]),
    of("a child of Docker's first type", (registry) => [child(registry, { mediaType: DOCKER.replace("v2", "v1") })]),
    of("a child that is called an index", (registry) => [child(registry, { mediaType: INDEX })]),
    of("an index that is called a manifest", (registry) => [{ ...nested(registry, 1), mediaType: OCI }]),
    ...[1, 2, 3].map((depth) => of(`nested ${depth} times`, (registry) => [nested(registry, depth)])),
    of("nested, for another platform inside", (registry) => [nested(registry, 1, on("linux", "arm64"))]),
    of("nested without children, then one with", (registry) => [registry.manifest(index([]), INDEX), child(registry)]),
    of("a child that is missing, then one", (registry) => [
      { mediaType: OCI, size: 2, digest: `sha256:${"2".repeat(64)}` },
      child(registry),
    ]),
    of("a Docker child", (registry) => [registry.manifest(registry.image([[dockerLayer, GOOD]], {}, DOCKER), DOCKER)]),
    of("a child of raw layers", (registry) => [
      registry.manifest(
        registry.image([
          [wasmConfig, utf8("{}")],
          [RAW, MODULE],
        ]),
        OCI,
      ),
    ]),
    ...["right", "wrong", "empty"].map((kind) =>
      of(`a child with ${kind} data`, (registry) => {
        const image = registry.image([[TAR, GOOD]]);
        const bytes = utf8(JSON.stringify(image));
        const data = kind === "right" ? bytes : kind === "wrong" ? utf8("{}") : new Uint8Array();
        return [{ mediaType: OCI, size: bytes.length, digest: digestOf(bytes), data: base64(data) }];
      }),
    ),
  ];
}
