import { Failure } from "@wasm-header-filter/cli";
import type { WasmPluginSpec } from "./extension.ts";
import type { ManifestInput } from "./input.ts";
import { pluginConfigBytes } from "./plugin-config.ts";
import { moduleSource } from "./source.ts";

/** The type of a protobuf message in an `Any`. */
export const type = (name: string) => `type.googleapis.com/${name}`;
export const WASM = type("envoy.extensions.filters.http.wasm.v3.Wasm");

const POLICIES = { FAIL_OPEN: "FAIL_OPEN", FAIL_CLOSE: "FAIL_CLOSED", FAIL_RELOAD: "FAIL_RELOAD" };

/** Where a proxy gets a module without pulling an image. */
export type ProxySource = { readonly path: string } | { readonly url: URL; readonly sha256: string };

/**
 * Where the module is, for kinds whose proxy reads or downloads the wasm file itself.
 *
 * @throws Failure for an image, and for a download without its checksum, which Envoy refuses
 */
export function proxySource({ url, sha256 }: WasmPluginSpec, kind: string): ProxySource {
  const source = moduleSource(url);
  if (source.scheme === "oci") {
    throw new Failure(
      `${kind}: the proxy can't pull images; name a file with --module-path, or a download with --module-url`,
    );
  }
  if (source.scheme === "file") return { path: decodeURIComponent(source.url.pathname) };
  if (sha256) return { url: source.url, sha256 };
  throw new Failure(
    `${kind}: a download needs the checksum of the wasm file; give --sha256, or --variant of one that is built`,
  );
}

/**
 * Refuses fields that a kind of manifest doesn't have.
 *
 * @throws Failure that names the first of them
 */
export function refuseFields(spec: WasmPluginSpec, kind: string, fields: readonly (keyof WasmPluginSpec)[]): void {
  const field = fields.find((field) => spec[field] !== undefined);
  if (field) throw new Failure(`${kind}: has no field for ${field}; leave it out, or choose --kind wasmplugin`);
}

/**
 * The filter's configuration in Envoy's API. The module gets the same bytes as from a WasmPlugin.
 *
 * @param source where the module is
 * @param cluster the name of the cluster that a download comes from
 */
export function wasmFilter({ name, namespace, spec }: ManifestInput, source: ProxySource, cluster: string): object {
  const { pluginConfig, pluginName, failStrategy, vmConfig } = spec;
  const configuration = Buffer.from(pluginConfigBytes(pluginConfig)).toString();
  const env = vmConfig?.env ?? [];
  const inline = env.filter(({ valueFrom }) => valueFrom !== "HOST").map(({ name, value = "" }) => [name, value]);
  const host = env.filter(({ valueFrom }) => valueFrom === "HOST").map(({ name }) => name);
  const variables = {
    ...(host.length > 0 && { host_env_keys: host }),
    ...(inline.length > 0 && { key_values: Object.fromEntries(inline) }),
  };
  return {
    "@type": WASM,
    config: {
      name: `${namespace}.${name}`,
      ...(pluginName && { root_id: pluginName }),
      ...(failStrategy && { failure_policy: POLICIES[failStrategy] }),
      vm_config: {
        runtime: "envoy.wasm.runtime.v8",
        code: "path" in source ? { local: { filename: source.path } } : { remote: remote(source, cluster) },
        ...(env.length > 0 && { environment_variables: variables }),
      },
      ...(configuration !== "" && {
        configuration: { "@type": type("google.protobuf.StringValue"), value: configuration },
      }),
    },
  };
}

function remote({ url, sha256 }: { url: URL; sha256: string }, cluster: string): object {
  return { http_uri: { uri: url.href, cluster, timeout: "30s" }, sha256 };
}
