import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Failure, readInput } from "@wasm-header-filter/cli";
import { createImage, type Format } from "./formats.ts";
import { imageSize } from "./image.ts";
import { compress, MODULE_LIMIT } from "./layer.ts";
import { writeFiles } from "./layout.ts";
import { installedVersion, packageJson } from "./package.ts";
import { place } from "./place.ts";
import { CONTRACT_VERSION, type Plugin } from "./plugin.ts";
import { formatReference, type Reference } from "./reference.ts";
import { imageTag, readVariant, type Variant } from "./variant.ts";
import { abiVersion } from "./wasm.ts";

export interface PackOptions {
  /** The variant package's folder. */
  readonly dir: string;
  /** The module's path. */
  readonly module: string;
  /** Where `plugin.wasm`, `oci/` and `plugin.json` go. */
  readonly output: string;
  readonly format: Format;
  readonly repository: Reference;
  /** Seconds since 1970 that become the image's creation time; left out, it has none. */
  readonly sourceDateEpoch?: string | undefined;
}

/**
 * Packs a variant's module: writes `plugin.wasm`, the layout `oci/` and `plugin.json` to the output folder, all of them or none.
 *
 * @returns the content of plugin.json
 * @throws Failure if the folder is no variant package, a tool of its toolchain isn't installed, or the module isn't one that Envoy can load
 */
export async function pack(options: PackOptions): Promise<Plugin> {
  const { dir, module: modulePath, output, format, repository } = options;
  const variant = readVariant(resolve(dir));
  if (!variant)
    throw new Failure(`${join(dir, "package.json")}: no variant, expected "wasmFilter": {"variant": "..."}`);
  const module = readInput(modulePath, "module", MODULE_LIMIT);
  const abi = abiVersion(module, modulePath);
  const created = createdAt(options.sourceDateEpoch);
  const annotations = annotationsFor(variant, abi, created);
  const image = await createImage(format, { module, abi, annotations, created });
  const tag = imageTag(variant.version, variant.variant);
  const plugin: Plugin = {
    package: variant.name,
    variant: variant.variant,
    version: variant.version,
    contract: CONTRACT_VERSION,
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
    toolchain: Object.fromEntries(variant.toolchain.map((name) => [name, installedVersion(name, variant.dir)])),
  };
  await place(resolve(output), ["plugin.wasm", "oci", "plugin.json"], (staging) => {
    writeFileSync(join(staging, "plugin.wasm"), module);
    writeFiles(join(staging, "oci"), image, tag);
    writeFileSync(join(staging, "plugin.json"), `${JSON.stringify(plugin, null, 2)}\n`);
  });
  return plugin;
}

function annotationsFor(variant: Variant, abi: string, created: string | undefined): Record<string, string> {
  const pkg = packageJson(join(variant.dir, "package.json"));
  const repository = typeof pkg.repository === "string" ? pkg.repository : pkg.repository?.url;
  const known = {
    "org.opencontainers.image.title": variant.name,
    "org.opencontainers.image.description": pkg.description,
    "org.opencontainers.image.version": variant.version,
    "org.opencontainers.image.licenses": pkg.license,
    "org.opencontainers.image.source": repository?.replace(/^git\+/, "").replace(/\.git$/, ""),
    "org.opencontainers.image.created": created,
    "wasm-header-filter.variant": variant.variant,
    "wasm-header-filter.abi": abi,
    "wasm-header-filter.contract": String(CONTRACT_VERSION),
  };
  return Object.fromEntries(Object.entries(known).flatMap(([name, text]) => (text ? [[name, text]] : [])));
}

function createdAt(epoch: string | undefined): string | undefined {
  if (!epoch) return undefined;
  if (!/^\d{1,11}$/.test(epoch)) {
    throw new Failure(`SOURCE_DATE_EPOCH: expected seconds since 1970, got ${JSON.stringify(epoch)}`);
  }
  return new Date(Number(epoch) * 1000).toISOString().replace(".000Z", "Z");
}
