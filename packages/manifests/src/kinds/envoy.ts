import { isIP } from "node:net";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Failure, type HostPort, hostPort, upstreamUrl } from "@wasm-header-filter/cli";
import { Option } from "commander";
import type { ManifestInput } from "../input.ts";
import { CRASHED } from "../notes.ts";
import { type ProxySource, proxySource, refuseFields, type, wasmFilter } from "../proxy-filter.ts";
import type { Noted } from "../yaml.ts";
import type { ManifestKind } from "./kind.ts";

/** Where a plain Envoy listens, and the workload behind it. */
export interface EnvoyOptions {
  readonly listen: HostPort;
  readonly admin: HostPort;
  /** `http://HOST:PORT`. */
  readonly upstream: URL;
}

const addressOption = (flags: string, description: string, usual: string) =>
  new Option(flags, description).argParser(hostPort).default(hostPort(usual), usual);
const UPSTREAM = "http://127.0.0.1:8080";

/** Fields of a WasmPlugin that only Istio can follow. */
const FOR_ISTIO = [
  "imagePullPolicy",
  "imagePullSecret",
  "verificationKey",
  "targetRefs",
  "targetRef",
  "selector",
  "phase",
  "priority",
  "match",
  "type",
] as const;

/** The configuration of a plain Envoy on this machine, with the filter in front of a workload: no Istio and no cluster. */
export const envoy = {
  name: "envoy",
  target: {
    fileUrl: (path) => pathToFileURL(resolve(path)).href,
    buildUrl: ({ variant, plugin, dist }) => {
      if (plugin && dist) return pathToFileURL(dist.module).href;
      throw new Failure(`variant ${variant}: not built, run npm run build or give --module-path`);
    },
    folder: (manifests) => Object.fromEntries(manifests.map(({ name, text }) => [`envoy-${name}.yaml`, text])),
  },
  options: {
    heading: "A plain Envoy (--kind envoy):",
    list: [
      addressOption("--listen <host:port>", "where it listens", "127.0.0.1:8000"),
      addressOption("--admin <host:port>", "where its statistics are", "127.0.0.1:15000"),
      new Option("--upstream <url>", "the workload behind it")
        .argParser(upstreamUrl)
        .default(new URL(UPSTREAM), UPSTREAM),
    ],
  },
  write,
} as const satisfies ManifestKind<EnvoyOptions>;

function write(input: ManifestInput, { listen, admin, upstream }: EnvoyOptions): Noted {
  const { spec } = input;
  refuseFields(spec, "envoy", FOR_ISTIO);
  const source = proxySource(spec, "envoy");
  const filters = [
    { name: `${input.namespace}.${input.name}`, typed_config: wasmFilter(input, source, "module") },
    { name: "router", typed_config: { "@type": type("envoy.extensions.filters.http.router.v3.Router") } },
  ];
  const manager = {
    "@type": type("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: "http",
    upgrade_configs: [{ upgrade_type: "websocket" }],
    route_config: {
      virtual_hosts: [
        {
          name: "all",
          domains: ["*"],
          routes: [{ match: { prefix: "/" }, route: { cluster: "upstream", timeout: "0s" } }],
        },
      ],
    },
    http_filters: filters,
  };
  const resource = {
    admin: { address: address(admin) },
    static_resources: {
      listeners: [
        {
          name: "http",
          address: address(listen),
          // Otherwise two processes could share a port unnoticed.
          enable_reuse_port: false,
          filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }],
        },
      ],
      clusters: [cluster("upstream", upstream), ...("url" in source ? [cluster("module", source.url)] : [])],
    },
  };
  return { resource, notes: notes(input, source) };
}

const address = ({ host, port }: HostPort) => ({ socket_address: { address: host, port_value: port } });

function cluster(name: string, url: URL): object {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const tls = url.protocol === "https:";
  const endpoint = { address: address({ host, port: Number(url.port || (tls ? 443 : 80)) }) };
  return {
    name,
    type: isIP(host) ? "STATIC" : "STRICT_DNS",
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
    ...(tls && { transport_socket: tlsSocket(host) }),
  };
}

function tlsSocket(host: string): object {
  const san = { san_type: isIP(host) ? "IP_ADDRESS" : "DNS", matcher: { exact: host } };
  return {
    name: "tls",
    typed_config: {
      "@type": type("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"),
      ...(!isIP(host) && { sni: host }),
      common_tls_context: { validation_context: { system_root_certs: {}, match_typed_subject_alt_names: [san] } },
    },
  };
}

function notes({ spec }: ManifestInput, source: ProxySource): Noted["notes"] {
  const filter = [
    "static_resources",
    "listeners",
    0,
    "filter_chains",
    0,
    "filters",
    0,
    "typed_config",
    "http_filters",
    0,
  ];
  const config = [...filter, "typed_config", "config"];
  const crashed = spec.failStrategy && CRASHED[spec.failStrategy];
  return [
    { at: [], text: "Run it: envoy -c FILE" },
    { at: [...config, "vm_config", "code"], text: "path" in source ? FILE : DOWNLOAD },
    { at: [...config, "configuration"], text: REFUSED_AT_START },
    ...(crashed ? [{ at: [...config, "failure_policy"], text: crashed }] : []),
  ];
}

const FILE = "Read once when Envoy starts. If it is missing or not a module, Envoy logs the reason and exits.";
const DOWNLOAD = [
  "Envoy downloads the file when it starts. If the download fails or the checksum differs, every request is answered 503",
  "(with FAIL_OPEN it passes without the filter).",
].join("\n");
const REFUSED_AT_START =
  "If the module refuses this, Envoy exits; the log has the reason: configuration refused: REASON.";
