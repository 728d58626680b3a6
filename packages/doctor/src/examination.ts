import { gzipSync } from "node:zlib";
import { sourceMapOf } from "@wasm-header-filter/oci";
import { type EnvoyVersion, examine, type Finding } from "proxy-wasm-host";
import { IMAGE_RULES } from "./rules/image-rules.ts";
import { LAYER_RULES } from "./rules/layer-rules.ts";
import { REGISTRY_RULES } from "./rules/registry-rules.ts";
import { needsConfiguration, TRIAL_RULES } from "./rules/trial-rules.ts";
import { type ImageSubject, readImageSubject } from "./subjects/image.ts";
import type { ImageSource } from "./subjects/source.ts";
import type { Trial } from "./trial/progress.ts";
import type { Inspected, RequestCost, Use } from "./trial/report.ts";
import { inspectAndTry, type TrialOptions } from "./trial/trial.ts";

/** How a module is examined. */
export interface Conditions extends Pick<TrialOptions, "plugin" | "clusters" | "requests" | "host" | "limits"> {
  /** The version of Envoy that must load it. */
  readonly envoy: EnvoyVersion;
  /** The plugin's configuration for the trial; undefined if none was given, which is not the same as an empty one. */
  readonly configuration?: Uint8Array | undefined;
  /** The source of the configuration, for messages: `--config`. */
  readonly configuredBy?: string;
}

/** The conditions for a module with a source map. */
export const withMap = (conditions: Conditions, sourceMap: Uint8Array | undefined): Conditions =>
  sourceMap ? { ...conditions, plugin: { ...conditions.plugin, sourceMap } } : conditions;

/** Facts about a module. */
export interface ModuleFacts {
  readonly abi?: string;
  /** In bytes; large modules are not compressed. */
  readonly sizes: { readonly raw: number; readonly gzip?: number };
  /** `MODULE.NAME`. */
  readonly imports: readonly string[];
  /** The exports whose names begin with `proxy_on_`. */
  readonly callbacks: readonly string[];
  /** The size of its memory after the trial, in pages of 64 KiB; absent if it was not tried. */
  readonly memoryPages?: number;
  /** The size of its code section, in bytes. */
  readonly code?: number;
  /** The CPU time that Envoy takes to compile it at its start, in milliseconds. */
  readonly startCost?: number;
  /** The requests of the trial. */
  readonly requests: readonly RequestCost[];
  /** The names of what it used outside of itself during the trial. */
  readonly uses: readonly Use[];
}

/** Facts about an image. */
export interface ImageFacts {
  readonly name: string;
  readonly format?: string;
  readonly digest?: string;
  /** The sum of its layers, in bytes. */
  readonly size: number;
}

/** What an examination comes to. */
export type Outcome = "fit" | "not fit" | "needs a configuration, not tried" | "not tried to the end" | "not looked at";

/** The result of an examination. */
export interface Examined {
  readonly outcome: Outcome;
  /** What the rules found, in their order. */
  readonly findings: readonly Finding[];
  /** Whether Istio pulls it, as it does images and manifests but not files. */
  readonly pulled?: boolean;
  readonly image?: ImageFacts;
  readonly module?: ModuleFacts;
}

/** CPU time that Envoy takes for each 1000 bytes of code when it starts, in milliseconds (measured with Envoy 1.40). */
const START_COST = 1.3;

/** Modules up to this size, in bytes, are compressed to say how large they are in an image. */
const COMPRESSED = 32 * 1024 * 1024;

/**
 * Checks whether Envoy loads a module and, if it does, tries it with {@link inspectAndTry}.
 *
 * @param bytes the module
 * @param conditions the version of Envoy, and the configuration for the trial
 * @returns the findings, of which an `error` keeps the module from working, and facts about the module
 */
export async function examineModule(bytes: Uint8Array, conditions: Conditions): Promise<Examined> {
  const { configuration, configuredBy = "no configuration" } = conditions;
  const { inspected, trial } = await inspectAndTry(bytes, configuration ?? new Uint8Array(), conditions);
  const subject = trial && { trial, configuredBy, configured: configuration !== undefined };
  const findings = [...(inspected?.findings ?? []), ...(subject ? examine(TRIAL_RULES, subject) : [])];
  const waiting = subject && needsConfiguration(subject);
  const unfinished = trial?.state === "unfinished";
  const outcome = waiting ? "needs a configuration, not tried" : unfinished ? "not tried to the end" : "fit";
  return { outcome: outcomeOf(findings, outcome), findings, module: moduleFacts(bytes, inspected, trial) };
}

/** `not fit` if there is an error among the findings, otherwise what is given. */
export const outcomeOf = (findings: readonly Finding[], otherwise: Outcome): Outcome =>
  findings.some(({ severity }) => severity === "error") ? "not fit" : otherwise;

function moduleFacts(bytes: Uint8Array, inspected: Inspected | undefined, trial: Trial | undefined): ModuleFacts {
  const { abi, imports = [], exports = [], code = 0 } = inspected ?? {};
  const gzip = bytes.length <= COMPRESSED && { gzip: gzipSync(bytes, { level: 9 }).length };
  return {
    ...(abi && { abi }),
    sizes: { raw: bytes.length, ...gzip },
    imports,
    callbacks: exports.filter((name) => name.startsWith("proxy_on_")),
    ...(trial?.memoryPages && { memoryPages: trial.memoryPages }),
    ...(code > 0 && { code, startCost: Math.round((code / 1000) * START_COST) }),
    requests: trial?.requests ?? [],
    uses: trial?.uses ?? [],
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
  const findings = [
    ...examine(REGISTRY_RULES, source.refusals ?? []),
    ...examine(IMAGE_RULES, subject),
    ...examine(LAYER_RULES, subject),
  ];
  const image = imageFacts(source.name, subject);
  const known = { image, pulled: true };
  if (!subject.module) return { outcome: outcomeOf(findings, "not looked at"), findings, ...known };
  const sourceMap = sourceMapOf(source.store, subject.manifest?.annotations);
  return { ...withFindings(findings, await examineModule(subject.module, withMap(conditions, sourceMap))), ...known };
}

/** Puts findings before those of an examination. */
export function withFindings(findings: readonly Finding[], examined: Examined): Examined {
  const all = [...findings, ...examined.findings];
  return { ...examined, outcome: outcomeOf(all, examined.outcome), findings: all };
}

function imageFacts(name: string, { format, image, manifest }: ImageSubject): ImageFacts {
  return {
    name,
    ...(format && { format }),
    ...(image && { digest: image.digest }),
    size: manifest?.layers.reduce((sum, { size }) => sum + size, 0) ?? 0,
  };
}
