import { isIP } from "node:net";
import type { HostPort } from "@wasm-header-filter/cli";
import type { ClusterAddress } from "../../backends/clusters.ts";
import { type FailPolicy, RELOAD_INTERVAL, type Route, STATS_TAGS } from "../../cases/case.ts";

/** One Wasm filter of a listener. */
export interface EnvoyFilter {
  /** Unique in the process; letters, digits and dashes. */
  readonly name: string;
  /** The module's file. */
  readonly module: string;
  readonly rootId?: string;
  /** Filters with the same module and id share a VM. */
  readonly vmId?: string;
  readonly failPolicy?: FailPolicy;
  /** The plugin configuration; none or empty: zero bytes. */
  readonly configuration?: Uint8Array | undefined;
}

export interface EnvoyListener {
  /** Unique in the process. */
  readonly name: string;
  /** Any free port of 127.0.0.1 by default. */
  readonly listen?: HostPort | undefined;
  /** The cluster that its TCP connections go to; undefined for an HTTP listener. */
  readonly tcp?: string;
  /** The cluster that its HTTP requests go to; the upstream by default. */
  readonly cluster?: string;
  /** Routes before the one to that cluster. */
  readonly routes?: readonly Route[];
  /** Milliseconds without progress after which a stream is ended; Envoy's default if undefined. */
  readonly streamIdleTimeout?: number;
  /** In request order; none: a plain proxy. */
  readonly filters: readonly EnvoyFilter[];
}

/** What Envoy is configured to do. */
export interface Setup {
  /** Each with a route to the upstream, and `/direct`, which Envoy answers itself. */
  readonly listeners: readonly EnvoyListener[];
  /** Where requests go, `http://HOST:PORT`. */
  readonly upstream: URL;
  /** The servers that filters may call, by name. */
  readonly clusters?: ReadonlyMap<string, ClusterAddress>;
  /** Where the admin server listens; any free port of 127.0.0.1 by default. */
  readonly admin?: HostPort | undefined;
}

const type = (name: string) => `type.googleapis.com/${name}`;
const wasm = (tcp: string | undefined) =>
  type(`envoy.extensions.filters.${tcp === undefined ? "http" : "network"}.wasm.v3.Wasm`);
const DISCOVERY = {
  resource_api_version: "V3",
  api_config_source: {
    api_type: "REST",
    transport_api_version: "V3",
    cluster_names: ["discovery"],
    refresh_delay: "0.005s",
    // The server holds a poll until there is something new.
    request_timeout: "86400s",
  },
};
/** A worker that is stepped through is slow, and its watchdog's timer is not part of a request. */
const PATIENT = { miss_timeout: "3600s", megamiss_timeout: "3600s" };
const UPSTREAM = "upstream";
/** The statistics that are read, by the beginnings of their names; hundreds of listeners have tens of thousands of others. */
const READ = ["wasm", "extension_config_discovery."];
const POLICIES: Readonly<Record<FailPolicy, object>> = {
  close: {},
  open: { failure_policy: "FAIL_OPEN" },
  "legacy-open": { fail_open: true },
  reload: {
    failure_policy: "FAIL_RELOAD",
    reload_config: { backoff: { base_interval: `${RELOAD_INTERVAL / 1000}s` } },
  },
};
const ANYWHERE: HostPort = { host: "127.0.0.1", port: 0 };

/** A filter of a listener as a resource of extension config discovery, which is how Istio delivers it. */
export function resourceOf(
  { name, module, rootId, vmId, failPolicy = "close", configuration }: EnvoyFilter,
  { tcp }: Pick<EnvoyListener, "tcp">,
): object {
  const bytes = configuration &&
    configuration.length > 0 && {
      "@type": type("google.protobuf.BytesValue"),
      value: Buffer.from(configuration).toString("base64"),
    };
  const config = {
    name,
    ...(rootId && { root_id: rootId }),
    vm_config: {
      ...(vmId && { vm_id: vmId }),
      runtime: "envoy.wasm.runtime.v8",
      code: { local: { filename: module } },
    },
    ...(bytes && { configuration: bytes }),
    ...POLICIES[failPolicy],
  };
  return {
    "@type": type("envoy.config.core.v3.TypedExtensionConfig"),
    name,
    typed_config: { "@type": wasm(tcp), config },
  };
}

/**
 * Envoy's own configuration.
 *
 * @param discovery the server with the filters' configurations
 */
export function bootstrap({ listeners, upstream, clusters = new Map(), admin }: Setup, discovery: URL): object {
  return {
    node: { id: "wasm-header-filter", cluster: "wasm-header-filter" },
    admin: { address: address(admin) },
    stats_config: {
      stats_matcher: { inclusion_list: { patterns: READ.map((prefix) => ({ prefix })) } },
      stats_tags: STATS_TAGS.map(({ name, pattern }) => ({ tag_name: name, regex: pattern.source })),
    },
    watchdogs: { worker_watchdog: PATIENT },
    static_resources: {
      listeners: listeners.map(listenerOf),
      clusters: [
        clusterOf(UPSTREAM, { url: upstream }),
        clusterOf("discovery", { url: discovery }),
        ...[...clusters].map(([name, cluster]) => clusterOf(name, cluster)),
      ],
    },
  };
}

const address = ({ host, port }: HostPort = ANYWHERE) => ({ socket_address: { address: host, port_value: port } });

function listenerOf(listener: EnvoyListener): object {
  const { name, listen, tcp, filters } = listener;
  const discovered = filters.map((filter) => ({
    name: filter.name,
    config_discovery: { config_source: DISCOVERY, type_urls: [wasm(tcp)] },
  }));
  return {
    name,
    address: address(listen),
    // Otherwise two processes could share a port without an error.
    enable_reuse_port: false,
    filter_chains: [
      { filters: tcp === undefined ? [httpManager(listener, discovered)] : [...discovered, tcpProxy(tcp)] },
    ],
  };
}

function tcpProxy(cluster: string): object {
  const proxy = type("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy");
  return { name: "tcp", typed_config: { "@type": proxy, stat_prefix: "tcp", cluster } };
}

function httpManager(
  { name, cluster = UPSTREAM, routes = [], streamIdleTimeout }: EnvoyListener,
  filters: readonly object[],
): object {
  const router = { name: "router", typed_config: { "@type": type("envoy.extensions.filters.http.router.v3.Router") } };
  const manager = {
    "@type": type("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: name,
    ...(streamIdleTimeout !== undefined && { stream_idle_timeout: `${streamIdleTimeout / 1000}s` }),
    http_protocol_options: { enable_trailers: true },
    upgrade_configs: [{ upgrade_type: "websocket" }],
    route_config: {
      virtual_hosts: [
        {
          name: "all",
          domains: ["*"],
          routes: [
            {
              match: { path: "/direct" },
              direct_response: { status: 200, body: { inline_string: "from the proxy\n" } },
            },
            ...routes.map(({ header: [name, exact], cluster }) => ({
              match: { prefix: "/", headers: [{ name, string_match: { exact } }] },
              route: { cluster },
            })),
            { match: { prefix: "/" }, route: { cluster } },
          ],
        },
      ],
    },
    http_filters: [...filters, router],
  };
  return { name: "http", typed_config: manager };
}

function clusterOf(name: string, { url, http2 = false }: ClusterAddress): object {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const endpoint = { address: address({ host, port: Number(url.port || 80) }) };
  return {
    name,
    type: isIP(host) ? "STATIC" : "STRICT_DNS",
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": type("envoy.extensions.upstreams.http.v3.HttpProtocolOptions"),
        explicit_http_config: http2
          ? { http2_protocol_options: {} }
          : { http_protocol_options: { enable_trailers: true } },
      },
    },
  };
}
