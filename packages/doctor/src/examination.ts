import { gzipSync } from "node:zlib";
import {
  type EnvoyVersion,
  examine,
  type Finding,
  type Inspection,
  inspect,
  type Platform,
  type PluginOptions,
} from "proxy-wasm-host";
import { IMAGE_RULES } from "./rules/image-rules.ts";
import { LAYER_RULES } from "./rules/layer-rules.ts";
import { TRIAL_RULES } from "./rules/trial-rules.ts";
import { type ImageSubject, readImageSubject } from "./subjects/image.ts";
import type { ImageSource } from "./subjects/source.ts";
import { type RequestCost, type Trial, tryModule } from "./subjects/trial.ts";

/** How a module is examined. */
export interface Conditions {
  /** The platform of the engine; the standard one by default. */
  readonly platform?: Platform;
  /** The version of Envoy that must load it. */
  readonly envoy: EnvoyVersion;
  /** The plugin's configuration for the trial. */
  readonly configuration: Uint8Array;
  /** The source of the configuration, for messages: `--config`. */
  readonly configuredBy: string;
  /** More options of the plugin for the trial. */
  readonly plugin?: Pick<PluginOptions, "rootId" | "environment">;
}

/** Facts about a module. */
export interface ModuleFacts {
  readonly abi?: string;
  /** In bytes. */
  readonly sizes: { readonly raw: number; readonly gzip: number };
  /** `MODULE.NAME`. */
  readonly imports: readonly string[];
  /** The exports whose names begin with `proxy_on_`. */
  readonly callbacks: readonly string[];
  /** The size of its memory after the trial, in pages of 64 KiB; absent if it was not tried. */
  readonly memoryPages?: number;
  /** The requests of the trial. */
  readonly requests: readonly RequestCost[];
}

/** Facts about an image. */
export interface ImageFacts {
  readonly name: string;
  readonly format?: string;
  readonly digest?: string;
  /** The sum of its layers, in bytes. */
  readonly size: number;
}

/** The result of an examination. */
export interface Examined {
  /** What the rules found, in their order. */
  readonly findings: readonly Finding[];
  /** Whether Istio pulls it, as it does images and manifests but not files. */
  readonly pulled?: boolean;
  readonly image?: ImageFacts;
  readonly module?: ModuleFacts;
}

/**
 * Checks whether Envoy loads a module and, if it does, tries it with {@link tryModule}.
 *
 * @param bytes the module
 * @param conditions the version of Envoy, and the configuration for the trial
 * @returns the findings, of which an `error` keeps the module from working, and facts about the module
 */
export function examineModule(bytes: Uint8Array, conditions: Conditions): Examined {
  const inspection = inspect(bytes, conditions.envoy);
  const trial = inspection.module && tryModule(bytes, conditions.configuration, conditions);
  const tried = trial ? examine(TRIAL_RULES, { trial, configuredBy: conditions.configuredBy }) : [];
  return { findings: [...inspection.findings, ...tried], module: moduleFacts(bytes, inspection, trial) };
}

function moduleFacts(bytes: Uint8Array, { abi, interface: wasm }: Inspection, trial: Trial | undefined): ModuleFacts {
  return {
    ...(abi && { abi }),
    sizes: { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length },
    imports: wasm?.imports.map(({ module, name }) => `${module}.${name}`) ?? [],
    callbacks: wasm?.exports.map(({ name }) => name).filter((name) => name.startsWith("proxy_on_")) ?? [],
    ...(trial?.memoryPages && { memoryPages: trial.memoryPages }),
    requests: trial?.requests ?? [],
  };
}

/**
 * Checks whether Istio pulls an image, and examines the module that it extracts from it with {@link examineModule}.
 *
 * @param source the image, in a layout or a registry
 * @param conditions the version of Envoy, and the configuration for the trial
 * @returns the findings, and facts about the image and the module; an image that could not be fetched is a finding too
 */
export async function examineImage(source: ImageSource, conditions: Conditions): Promise<Examined> {
  const subject = await readImageSubject(source.store, source.at, source.pins);
  const findings = [...examine(IMAGE_RULES, subject), ...examine(LAYER_RULES, subject)];
  const image = imageFacts(source.name, subject);
  if (!subject.module) return { findings, image, pulled: true };
  const examined = examineModule(subject.module, conditions);
  return { ...examined, findings: [...findings, ...examined.findings], image, pulled: true };
}

function imageFacts(name: string, { format, image, manifest }: ImageSubject): ImageFacts {
  return {
    name,
    ...(format && { format }),
    ...(image && { digest: image.digest }),
    size: manifest?.layers.reduce((sum, { size }) => sum + size, 0) ?? 0,
  };
}
