import type { IEnvoyFilter } from "@kubernetes-models/istio/networking.istio.io/v1alpha3/EnvoyFilter";
import { Failure } from "@wasm-header-filter/cli";
import { cluster } from "../cluster.ts";
import { ENVOY_FILTER, envoyFilterFaults } from "../envoy-filter-rules.ts";
import type { TrafficMatch, WasmPluginSpec } from "../extension.ts";
import { generated, type ManifestInput } from "../input.ts";
import { CRASHED, REFUSED } from "../notes.ts";
import { type ProxySource, proxySource, refuseFields, WASM, wasmFilter } from "../proxy-filter.ts";
import { type Named, type ResourceKind, specFaults } from "../resource-kind.ts";
import { validate } from "../validate.ts";
import type { Noted } from "../yaml.ts";
import type { ManifestKind } from "./kind.ts";

const resource: ResourceKind<Named<IEnvoyFilter>, "EnvoyFilter", "envoyFilters"> = {
  apiVersion: "networking.istio.io/v1alpha3",
  kind: "EnvoyFilter",
  plural: "envoyFilters",
  fields: ["spec", "status"],
  schema: { properties: { spec: ENVOY_FILTER, status: {} } },
  faults: specFaults(envoyFilterFaults),
};

const MANAGER = "envoy.filters.network.http_connection_manager";

/** Where each phase is: an EnvoyFilter is inserted relative to another filter, by its name in Envoy. */
const PLACES: Readonly<Record<string, { readonly operation: string; readonly subFilter?: string }>> = {
  "": { operation: "INSERT_BEFORE", subFilter: "envoy.filters.http.router" },
  UNSPECIFIED_PHASE: { operation: "INSERT_BEFORE", subFilter: "envoy.filters.http.router" },
  AUTHN: { operation: "INSERT_FIRST" },
  STATS: { operation: "INSERT_BEFORE", subFilter: "istio.stats" },
};

const CONTEXTS: Readonly<Record<string, readonly string[]>> = {
  CLIENT: ["SIDECAR_OUTBOUND", "GATEWAY"],
  SERVER: ["SIDECAR_INBOUND"],
};

/**
 * An EnvoyFilter, the predecessor of WasmPlugin: the proxy reads a file of its own container, or Istio's agent downloads the wasm
 * file and caches it by its checksum.
 */
export const envoyFilter = {
  name: "envoyfilter",
  target: cluster,
  resource,
  write,
} as const satisfies ManifestKind;

function write(input: ManifestInput) {
  const { name, namespace, spec } = input;
  refuseFields(spec, "envoyfilter", ["imagePullPolicy", "imagePullSecret", "verificationKey"]);
  if (spec.type === "NETWORK")
    throw new Failure(
      "envoyfilter: type NETWORK: it writes HTTP filters only; leave it out, or choose --kind wasmplugin",
    );
  const place = PLACES[spec.phase ?? ""];
  if (!place)
    throw new Failure(
      `envoyfilter: phase ${spec.phase}: not every proxy has a filter there to insert it before; choose --kind wasmplugin`,
    );
  const source = proxySource(spec, "envoyfilter");
  const filter = wasmFilter(input, source, "_");
  const id = `${namespace}.${name}`;
  const value = "path" in source ? { name: id, typed_config: filter } : { name: id, config_discovery: DISCOVERY };
  const chain = matches(spec.match).map((match) => ({
    applyTo: "HTTP_FILTER",
    match: chainMatch(match, place.subFilter),
    patch: { operation: place.operation, value },
  }));
  const extension = {
    applyTo: "EXTENSION_CONFIG",
    patch: { operation: "ADD", value: { name: id, typed_config: filter } },
  };
  const { selector, targetRefs = spec.targetRef && [spec.targetRef] } = spec;
  const { apiVersion, kind } = resource;
  const written = {
    apiVersion,
    kind,
    metadata: { name, namespace },
    spec: {
      ...(selector && { workloadSelector: { labels: selector.matchLabels ?? {} } }),
      ...(targetRefs && { targetRefs }),
      ...(spec.priority && { priority: order(spec.priority, place.operation) }),
      configPatches: "path" in source ? chain : [...chain, extension],
    },
  };
  const at = "path" in source ? 0 : chain.length;
  return {
    resource: validate(resource, written, generated("envoyfilter")),
    notes: notes(spec, source, ["spec", "configPatches", at, "patch", "value", "typed_config", "config"]),
  };
}

const DISCOVERY = {
  config_source: { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" },
  type_urls: [WASM],
};

// Patches apply from low to high priority. Those inserted before the router stay in that order; those inserted first end up in reverse.
function order(priority: number, operation: string): number {
  return operation === "INSERT_FIRST" ? priority : -priority;
}

interface ChainMatch {
  readonly context?: string;
  readonly portNumber?: number;
}

function matches(match: readonly TrafficMatch[] = []): readonly ChainMatch[] {
  if (match.length === 0) return [{}];
  return match.flatMap(({ mode = "", ports = [] }) => {
    const contexts = (CONTEXTS[mode] ?? [undefined]).map((context) => (context ? { context } : {}));
    if (ports.length === 0) return contexts;
    return contexts.flatMap((context) => ports.map(({ number }) => ({ ...context, portNumber: number })));
  });
}

function chainMatch({ context, portNumber }: ChainMatch, subFilter: string | undefined): object {
  const filter = { name: MANAGER, ...(subFilter && { subFilter: { name: subFilter } }) };
  return { ...(context && { context }), listener: { ...(portNumber && { portNumber }), filterChain: { filter } } };
}

function notes(
  { failStrategy }: WasmPluginSpec,
  source: ProxySource,
  at: readonly (string | number)[],
): Noted["notes"] {
  const crashed = failStrategy && CRASHED[failStrategy];
  return [
    {
      at: [],
      text: "Prefer a WasmPlugin: an EnvoyFilter depends on the names of Envoy's filters, which may change with each release.",
    },
    { at: [...at, "vm_config", "code"], text: "path" in source ? FILE : DOWNLOAD },
    { at: [...at, "configuration"], text: "path" in source ? REFUSED_WITH_LISTENER : REFUSED },
    ...(crashed ? [{ at: [...at, "failure_policy"], text: crashed }] : []),
  ];
}

const FILE = [
  "A file in the istio-proxy container: mount it with the pod annotations sidecar.istio.io/userVolume and",
  "sidecar.istio.io/userVolumeMount. If it is missing, the proxy refuses the listener and logs the reason;",
  "if it is replaced, restart the pod.",
].join("\n");
const REFUSED_WITH_LISTENER = [
  "If the module refuses this, the proxy refuses the listener and keeps the last good one.",
  "Its log says why: configuration refused: REASON.",
].join("\n");
const DOWNLOAD = [
  "Istio's agent downloads the file and caches it by its checksum. If the file changes, the download is refused,",
  'so change both. If the download fails, every request is answered 403 "RBAC: access denied" (with FAIL_OPEN',
  "it passes without the filter), and the log of the istio-proxy container has the reason.",
].join("\n");
