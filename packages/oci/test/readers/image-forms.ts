import { digestOf } from "../../src/digest.ts";
import { MEDIA_TYPES } from "../../src/mediatypes.ts";
import { EMPTY, GOOD, layerForms, MODULE, OTHER } from "./archive-forms.ts";

/** An image as a registry stores it, which the name `latest` leads to. */
export interface StoredForm {
  readonly manifests: Readonly<Record<string, { readonly type: string; readonly bytes: string }>>;
  /** Base64 by digest. */
  readonly blobs: Readonly<Record<string, string>>;
}

type Json = Readonly<Record<string, unknown>>;
type Layer = readonly [mediaType: string, bytes: Uint8Array, more?: Json];

const { manifest: OCI, dockerManifest: DOCKER, layer: TAR, dockerLayer, wasmConfig, wasmContent: RAW } = MEDIA_TYPES;
const { index: INDEX, dockerList: LIST, config: CONFIG } = MEDIA_TYPES;
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const utf8 = (text: string) => new TextEncoder().encode(text);

class Registry {
  readonly manifests: Record<string, { type: string; bytes: string }> = {};
  readonly blobs: Record<string, string> = {};

  blob(mediaType: string, bytes: Uint8Array, more: Json = {}): Json {
    this.blobs[digestOf(bytes)] = base64(bytes);
    return { mediaType, digest: digestOf(bytes), size: bytes.length, ...more };
  }

  /** @returns the descriptor */
  manifest(content: Json | string, type: string, more: Json = {}): Json {
    const bytes = utf8(typeof content === "string" ? content : JSON.stringify(content));
    this.manifests[digestOf(bytes)] = { type, bytes: base64(bytes) };
    return { mediaType: type, digest: digestOf(bytes), size: bytes.length, ...more };
  }

  image(layers: readonly Layer[], more: Json = {}, type: string = OCI): Json {
    return {
      schemaVersion: 2,
      mediaType: type,
      config: this.blob(CONFIG, utf8("{}")),
      layers: layers.map(([mediaType, bytes, rest]) => this.blob(mediaType, bytes, rest)),
      ...more,
    };
  }

  latest(content: Json | string, type: string): StoredForm {
    const { digest } = this.manifest(content, type);
    const top = this.manifests[digest as string] as { type: string; bytes: string };
    return { manifests: { ...this.manifests, latest: top }, blobs: this.blobs };
  }
}

type Form = readonly [name: string, form: StoredForm];
type Build = (registry: Registry) => StoredForm;
const form = (name: string, build: Build): Form => [name, build(new Registry())];

/** A plain image. */
const plain = (name: string, layers: readonly Layer[], more: Json = {}, type: string = OCI): Form =>
  form(name, (registry) => registry.latest(registry.image(layers, more, type), type));

function layers(): Form[] {
  return layerForms().flatMap(([name, bytes]) => [
    plain(`compat, ${name}`, [[TAR, bytes]]),
    plain(`beside a raw layer, ${name}`, [
      [RAW, OTHER],
      [TAR, bytes],
    ]),
  ]);
}

function formats(): Form[] {
  const types = [
    TAR,
    dockerLayer,
    RAW,
    wasmConfig,
    "application/wasm",
    "",
    `${TAR} `,
    TAR.toUpperCase(),
    TAR.replace("+gzip", ""),
  ];
  types.push(TAR.replace("gzip", "zstd"), "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", CONFIG);
  types.push("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
  const manifestTypes = [
    OCI,
    DOCKER,
    INDEX,
    "",
    "application/json",
    DOCKER.replace("v2", "v1"),
    `${DOCKER} `,
    "text/plain",
  ];
  return [
    ...types.flatMap((type): Form[] => [
      plain(`a layer of type ${JSON.stringify(type)}`, [[type, GOOD]]),
      plain(`a layer of type ${JSON.stringify(type)} in a Docker image`, [[type, GOOD]], {}, DOCKER),
      plain(`a raw layer, then one of type ${JSON.stringify(type)}`, [
        [RAW, MODULE],
        [type, EMPTY],
      ]),
      plain(`one of type ${JSON.stringify(type)}, then a raw layer`, [
        [type, EMPTY],
        [RAW, MODULE],
      ]),
      plain(`a raw module of type ${JSON.stringify(type)}`, [
        [wasmConfig, new Uint8Array()],
        [type, MODULE],
      ]),
    ]),
    ...manifestTypes.flatMap((inside): Form[] =>
      [OCI, DOCKER, "", "text/plain", `${OCI}; charset=utf-8`, DOCKER.replace("v2", "v1")].map((outside) =>
        form(`manifest of type ${JSON.stringify(inside)}, served as ${JSON.stringify(outside)}`, (registry) =>
          registry.latest(
            registry.image(
              [
                [dockerLayer, EMPTY],
                [TAR, GOOD],
              ],
              { mediaType: inside },
            ),
            outside,
          ),
        ),
      ),
    ),
    plain(
      "Docker image with a raw layer beside",
      [
        [RAW, MODULE],
        [dockerLayer, EMPTY],
      ],
      {},
      DOCKER,
    ),
    plain(
      "Docker image of two raw layers",
      [
        [RAW, MODULE],
        [RAW, OTHER],
      ],
      {},
      DOCKER,
    ),
    plain(
      "Docker image of several layers",
      [
        [dockerLayer, EMPTY],
        [dockerLayer, GOOD],
      ],
      {},
      DOCKER,
    ),
    plain("no layers", []),
    plain("no layers, Docker", [], {}, DOCKER),
    plain("one raw layer", [[RAW, MODULE]]),
    plain("two raw layers", [
      [RAW, MODULE],
      [RAW, OTHER],
    ]),
    plain("three layers, one raw", [
      [wasmConfig, new Uint8Array()],
      [RAW, MODULE],
      [wasmConfig, GOOD],
    ]),
    plain("three layers, one raw, the last a broken archive", [
      [RAW, MODULE],
      [TAR, GOOD],
      [TAR, EMPTY],
    ]),
    plain("a raw layer that is no module", [
      [wasmConfig, new Uint8Array()],
      [RAW, utf8("no module")],
    ]),
    plain("a raw layer that is empty", [
      [wasmConfig, utf8("{}")],
      [RAW, new Uint8Array()],
    ]),
    plain("a raw layer that is compressed", [
      [wasmConfig, utf8("{}")],
      [RAW, GOOD],
    ]),
    plain("several layers, the last with the module", [
      [TAR, EMPTY],
      [TAR, EMPTY],
      [TAR, GOOD],
    ]),
    plain("several layers, the first with the module", [
      [TAR, GOOD],
      [TAR, EMPTY],
    ]),
    plain("an empty layer", [[TAR, new Uint8Array()]]),
    plain("the same layer twice", [
      [TAR, GOOD],
      [TAR, GOOD],
    ]),
    plain("the same layer twice, of two types", [
      [dockerLayer, GOOD],
      [TAR, GOOD],
    ]),
    plain("the same layer twice, of two types, the other way round", [
      [TAR, GOOD],
      [dockerLayer, GOOD],
    ]),
    plain("the same raw layer twice", [
      [RAW, MODULE],
      [wasmConfig, MODULE],
    ]),
    plain("the same raw layer twice, the other way round", [
      [wasmConfig, MODULE],
      [RAW, MODULE],
    ]),
    form("the layer is the config too", (registry) =>
      registry.latest(registry.image([[TAR, GOOD]], { config: registry.blob(CONFIG, GOOD) }), OCI),
    ),
    form("the layer is the config too, with the layer's type", (registry) =>
      registry.latest(registry.image([[dockerLayer, GOOD]], { config: registry.blob(TAR, GOOD) }), OCI),
    ),
  ];
}

function descriptors(): Form[] {
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

function indexes(): Form[] {
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

/** Manifests that are not what JSON or the specification says. */
function texts(): Form[] {
  const edited = (name: string, edit: (text: string) => string): Form =>
    form(`manifest: ${name}`, (registry) => registry.latest(edit(JSON.stringify(registry.image([[TAR, GOOD]]))), OCI));
  const field = (name: string, more: Json) => plain(`manifest: ${name}`, [[TAR, GOOD]], more);
  return [
    edited("as it should be", (text) => text),
    edited("text behind", (text) => `${text} and more`),
    edited("a second object behind", (text) => `${text}{"layers":[]}`),
    edited("a brace behind", (text) => `${text}}`),
    edited("white space around", (text) => `\n\t ${text}\r\n`),
    edited("a byte order mark", (text) => `\ufeff${text}`),
    edited("a form feed before", (text) => `\f${text}`),
    edited("cut", (text) => text.slice(0, -1)),
    edited("cut in half", (text) => text.slice(0, 100)),
    edited("nothing", () => ""),
    edited("null", () => "null"),
    edited("a list", (text) => `[${text}]`),
    edited("a number", () => "2"),
    edited("text", () => '"x"'),
    edited("an empty object", () => "{}"),
    edited("a comment", (text) => text.replace("{", "{/* a */")),
    edited("a comma at the end", (text) => text.replace(/\}$/, ",}")),
    edited("single quotes", (text) => text.replaceAll('"', "'")),
    edited("a number with a leading zero", (text) => text.replace(":2,", ":02,")),
    edited("a number with an exponent", (text) => text.replace(":2,", ":2e0,")),
    edited("a number with a fraction", (text) => text.replace(":2,", ":2.0,")),
    edited("a control character in text", (text) => text.replace("schemaVersion", 'x\u0001":1,"schemaVersion')),
    edited("an escape", (text) => text.replace('"layers"', '"l\\u0061yers"')),
    edited("a lone surrogate", (text) => text.replace("{", '{"x":"\\ud800",')),
    edited("layers in capitals", (text) => text.replace('"layers"', '"LAYERS"')),
    edited("layers with a long s", (text) => text.replace('"layers"', '"layer\u017f"')),
    edited("layers twice, the second empty", (text) => text.replace(/\}$/, ',"layers":[]}')),
    edited("layers twice, in two cases", (text) => text.replace(/\}$/, ',"Layers":[]}')),
    edited("layers twice, the second null", (text) => text.replace(/\}$/, ',"layers":null}')),
    edited("media type twice, in two cases", (text) => text.replace(/\}$/, `,"MediaType":"${DOCKER}"}`)),
    field("schema version 1", { schemaVersion: 1 }),
    field("no schema version", { schemaVersion: undefined }),
    field("schema version as text", { schemaVersion: "2" }),
    field("schema version beyond 64 bits", { schemaVersion: 1e30 }),
    field("no media type", { mediaType: undefined }),
    field("media type null", { mediaType: null }),
    field("media type a number", { mediaType: 3 }),
    field("no config", { config: undefined }),
    field("config null", { config: null }),
    field("config empty", { config: {} }),
    field("config text", { config: "x" }),
    field("config a list", { config: [] }),
    field("layers null", { layers: null }),
    field("layers an object", { layers: {} }),
    field("layers of nulls", { layers: [null] }),
    field("layers of numbers", { layers: [1] }),
    field("layers of lists", { layers: [[]] }),
    field("annotations", { annotations: { a: "b" } }),
    field("annotations of numbers", { annotations: { a: 1 } }),
    field("annotations null", { annotations: null }),
    field("annotations text", { annotations: "x" }),
    field("a subject", { subject: { mediaType: OCI, size: 2, digest: `sha256:${"3".repeat(64)}` } }),
    field("a malformed subject", { subject: { digest: "x" } }),
    field("a subject that is null", { subject: null }),
    field("a subject that is text", { subject: "x" }),
    field("an artifact type", { artifactType: "a/b" }),
    field("an artifact type that is a number", { artifactType: 1 }),
    field("manifests too", { manifests: [] }),
  ];
}

/** Images that a registry may hold, by what is special about them. */
export function imageForms(): readonly Form[] {
  return [...layers(), ...formats(), ...descriptors(), ...indexes(), ...texts()];
}
