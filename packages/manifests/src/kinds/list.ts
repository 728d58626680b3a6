import type { ManifestInput } from "../input.ts";
import type { Noted } from "../yaml.ts";
import { envoy } from "./envoy.ts";
import { envoyFilter } from "./envoy-filter.ts";
import type { ManifestKind } from "./kind.ts";
import { trafficExtension } from "./traffic-extension.ts";
import { wasmPlugin } from "./wasm-plugin.ts";

/** Every kind of manifest, the default first. */
export const kinds = [wasmPlugin, trafficExtension, envoyFilter, envoy] as const satisfies readonly ManifestKind[];

/** What `--kind` takes. */
export type KindName = (typeof kinds)[number]["name"];
export const kindNames: readonly KindName[] = kinds.map(({ name }) => name);

type TakesOptions<Kind> = Kind extends { write: (input: ManifestInput, options: infer Options) => Noted }
  ? (options: Options) => void
  : never;

/** The options of all kinds; each reads its own. */
export type KindOptions = TakesOptions<(typeof kinds)[number]> extends (options: infer All) => void ? All : never;

/** The kind of a name. */
export function kindNamed(name: KindName): ManifestKind<KindOptions> {
  const kind: ManifestKind<KindOptions> | undefined = kinds.find((kind) => kind.name === name);
  if (!kind) throw new TypeError(`no kind of manifest is named ${name}`);
  return kind;
}

/**
 * Writes one input as a kind of manifest.
 *
 * @throws Failure for what the kind has no field for, and for what Istio refuses or ignores
 */
export function manifestOf(name: KindName, input: ManifestInput, options: KindOptions): Noted {
  return kindNamed(name).write(input, options);
}
