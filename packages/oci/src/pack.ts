import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Failure, readInput } from "@wasm-header-filter/cli";
import { digestOf } from "./digest.ts";
import { createImage, type Format } from "./formats.ts";
import { imageSize } from "./image.ts";
import { compress, MODULE_LIMIT } from "./layer.ts";
import { writeFiles } from "./layout.ts";
import { installedVersion, packageJson } from "./package.ts";
import { place } from "./place.ts";
import { CONTRACT_VERSION, type PackedModule, type Plugin } from "./plugin.ts";
import { formatReference, isTag, type Reference } from "./reference.ts";
import { sourceOf } from "./source.ts";
import { SOURCE_MAP, SOURCE_MAP_FILE } from "./source-map.ts";
import { imageTag, readVariant, type Variant } from "./variant.ts";
import { abiVersion } from "./wasm.ts";

/** What every packing needs. */
interface PackedFiles {
  /** The module's path. */
  readonly module: string;
  /** Where `plugin.wasm`, its source map if it has one, `oci/` and `plugin.json` go. */
  readonly output: string;
  readonly format: Format;
  readonly repository: Reference;
  /** Seconds since 1970 that become the image's creation time; left out, it has none. */
  readonly sourceDateEpoch?: string | undefined;
  /** The commit that the module was built from; left out, the image names none. */
  readonly revision?: string | undefined;
}

export interface PackOptions extends PackedFiles {
  /** The variant package's folder. */
  readonly dir: string;
  /** Where its source is, a URL; by default the `repository` of its package.json, or of its workspace's. */
  readonly source?: string | undefined;
}

/** A module that is not a variant's. */
export interface PackModuleOptions extends PackedFiles {
  /** The image's tag. */
  readonly version: string;
  /** Labels and annotations, such as `org.opencontainers.image.title`. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Packs a variant's module: writes `plugin.wasm`, the layout `oci/` and `plugin.json` to the output folder, all of them or none. A source
 * map beside the module, `MODULE.map`, goes to `plugin.wasm.map`; the image has only its digest, in an annotation.
 *
 * @returns the content of plugin.json
 * @throws Failure if the folder is no variant package, a tool of its toolchain isn't installed, or the module isn't one that Envoy can load
 */
export async function pack(options: PackOptions): Promise<Plugin> {
  const path = join(options.dir, "package.json");
  const variant = existsSync(path) ? readVariant(resolve(options.dir)) : undefined;
  if (!variant) {
    throw new Failure(`${path}: no variant, expected "wasmFilter": {"variant": "..."}, or --name and --version`);
  }
  const tag = imageTag(variant.version, variant.variant);
  return write(options, tag, {
    labels: (abi) => variantLabels(variant, abi, options.source),
    result: (packed) => ({
      package: variant.name,
      variant: variant.variant,
      version: variant.version,
      contract: CONTRACT_VERSION,
      ...packed,
      toolchain: Object.fromEntries(variant.toolchain.map((name) => [name, installedVersion(name, variant.dir)])),
    }),
  });
}

/**
 * Packs any module: writes the same files as {@link pack}, all of them or none.
 *
 * @returns the content of plugin.json
 * @throws Failure if the version can't be a tag, or the module isn't one that Envoy can load
 */
export async function packModule({ version, labels, ...files }: PackModuleOptions): Promise<PackedModule> {
  if (!isTag(version)) throw new Failure(`--version ${version}: can't be an image's tag, expected such as 1.2.3`);
  return write(files, version, { labels: () => labels, result: (packed) => ({ version, ...packed }) });
}

/** What differs between variants and other modules. */
interface Writing<Result> {
  readonly labels: (abi: string) => Readonly<Record<string, string | undefined>>;
  readonly result: (packed: Omit<PackedModule, "version">) => Result;
}

async function write<Result>(files: PackedFiles, tag: string, { labels, result }: Writing<Result>): Promise<Result> {
  const { module: modulePath, output, format, repository } = files;
  const module = readInput(modulePath, "module", MODULE_LIMIT);
  const mapPath = `${modulePath}.map`;
  const map = existsSync(mapPath) ? readInput(mapPath, "source map") : undefined;
  const abi = abiVersion(module, modulePath);
  const created = createdAt(files.sourceDateEpoch);
  const known = {
    "org.opencontainers.image.revision": files.revision,
    ...labels(abi),
    "org.opencontainers.image.created": created,
    [SOURCE_MAP]: map && digestOf(map),
  };
  const annotations = Object.fromEntries(Object.entries(known).flatMap(([name, text]) => (text ? [[name, text]] : [])));
  const image = await createImage(format, { module, abi, annotations, created });
  const written = result({
    abi,
    module: {
      sha256: createHash("sha256").update(module).digest("hex"),
      size: module.length,
      gzip: compress(module).length,
    },
    image: {
      repository: formatReference(repository),
      tag,
      format,
      digest: image.descriptor.digest,
      size: imageSize(image),
    },
  });
  await place(resolve(output), ["plugin.wasm", SOURCE_MAP_FILE, "oci", "plugin.json"], (staging) => {
    writeFileSync(join(staging, "plugin.wasm"), module);
    if (map) writeFileSync(join(staging, SOURCE_MAP_FILE), map);
    writeFiles(join(staging, "oci"), image, tag);
    writeFileSync(join(staging, "plugin.json"), `${JSON.stringify(written, null, 2)}\n`);
  });
  return written;
}

function variantLabels(variant: Variant, abi: string, source?: string): Record<string, string | undefined> {
  const pkg = packageJson(join(variant.dir, "package.json"));
  return {
    "org.opencontainers.image.title": variant.name,
    "org.opencontainers.image.description": pkg.description,
    "org.opencontainers.image.version": variant.version,
    "org.opencontainers.image.licenses": pkg.license,
    "org.opencontainers.image.source": source ?? sourceOf(variant.dir),
    "wasm-header-filter.variant": variant.variant,
    "wasm-header-filter.abi": abi,
    "wasm-header-filter.contract": String(CONTRACT_VERSION),
  };
}

function createdAt(epoch: string | undefined): string | undefined {
  if (!epoch) return undefined;
  if (!/^\d{1,11}$/.test(epoch)) {
    throw new Failure(`SOURCE_DATE_EPOCH: expected seconds since 1970, got ${JSON.stringify(epoch)}`);
  }
  return new Date(Number(epoch) * 1000).toISOString().replace(".000Z", "Z");
}
