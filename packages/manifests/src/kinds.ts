import { envoyBootstrap } from "./bootstrap.ts";
import { envoyFilter } from "./envoy-filter.ts";
import type { ManifestInput, ProxyInput } from "./input.ts";
import { trafficExtension } from "./traffic-extension.ts";
import { wasmPlugin } from "./wasm-plugin.ts";
import type { Noted } from "./yaml.ts";

const WRITERS = {
  wasmplugin: wasmPlugin,
  trafficextension: trafficExtension,
  envoyfilter: envoyFilter,
  envoy: envoyBootstrap,
} satisfies Record<string, (input: ManifestInput, proxy: ProxyInput) => Noted>;

/** What `--kind` takes. */
export type ManifestKind = keyof typeof WRITERS;
export const manifestKinds = Object.keys(WRITERS) as ManifestKind[];

/**
 * Writes one input as a kind of manifest.
 *
 * @param proxy of use to a plain Envoy alone
 * @throws Failure for what the kind can't say, and for what Istio refuses or drops in silence
 */
export function manifestOf(kind: ManifestKind, input: ManifestInput, proxy: ProxyInput): Noted {
  return WRITERS[kind](input, proxy);
}
