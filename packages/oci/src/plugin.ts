import { Failure, readInput } from "@wasm-header-filter/cli";
import { type Digest, isDigest } from "./digest.ts";
import { FORMATS, type Format } from "./formats.ts";

/** The version of the filter's contract that the variants keep. */
export const CONTRACT_VERSION = 1;

/** `dist/plugin.json` of any module: what was packed. Sizes in bytes. */
export interface PackedModule {
  readonly version: string;
  /** The Proxy-Wasm ABI that the module's marker names, such as `0.2.1`. */
  readonly abi: string;
  readonly module: {
    /** Of the file, in hexadecimal digits. Not what Istio's `sha256` field means: that is the image's digest. */
    readonly sha256: string;
    readonly size: number;
    readonly gzip: number;
  };
  readonly image: {
    readonly repository: string;
    readonly tag: string;
    readonly format: Format;
    /** Of the manifest: what a WasmPlugin pins. */
    readonly digest: Digest;
    /** Of the manifest, config and layers together: what is pulled. */
    readonly size: number;
  };
}

/** `dist/plugin.json` of a variant: the result of a build. */
export interface Plugin extends PackedModule {
  readonly package: string;
  readonly variant: string;
  /** Of the filter's contract. */
  readonly contract: number;
  /** Version by package name. */
  readonly toolchain: Readonly<Record<string, string>>;
}

/**
 * Reads a `plugin.json`.
 *
 * @throws Failure if it isn't one; the remedy is to build again
 */
export function readPlugin(path: string): Plugin {
  try {
    const plugin = JSON.parse(readInput(path, "build result").toString()) as Plugin;
    if (isDigest(plugin.image.digest) && FORMATS.includes(plugin.image.format) && plugin.module.size >= 0)
      return plugin;
  } catch (cause) {
    throw new Failure(`${path}: not a build result, build the variant again`, { cause });
  }
  throw new Failure(`${path}: not a build result of this version, build the variant again`);
}
