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

/** How things are looked at. */
export interface Conditions {
  /** What the engine runs on. */
  readonly platform?: Platform;
  readonly envoy: EnvoyVersion;
  /** What the module is configured with for its trial. */
  readonly configuration: Uint8Array;
  readonly configuredBy: string;
  readonly plugin?: Pick<PluginOptions, "rootId" | "environment">;
}

/** What a module is, in numbers and names. */
export interface ModuleFacts {
  readonly abi?: string;
  /** In bytes. */
  readonly sizes: { readonly raw: number; readonly gzip: number };
  readonly imports: readonly string[];
  readonly callbacks: readonly string[];
  /** In pages of 64 KiB, once configured. */
  readonly memoryPages?: number;
  readonly requests: readonly RequestCost[];
}

/** What an image is. */
export interface ImageFacts {
  readonly name: string;
  readonly format?: string;
  readonly digest?: string;
  /** The sum of its layers, in bytes. */
  readonly size: number;
}

/** What one thing turned out to be. */
export interface Examined {
  readonly findings: readonly Finding[];
  /** Whether it is something that Istio fetches. */
  readonly pulled?: boolean;
  readonly image?: ImageFacts;
  readonly module?: ModuleFacts;
}

/** Looks a module over and, if nothing keeps Envoy from loading it, tries it. */
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

/** Looks an image over, and the module that Istio would take out of it. */
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
