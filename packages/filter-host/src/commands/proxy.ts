import { X509Certificate } from "node:crypto";
import {
  byteSize,
  type command,
  count,
  duration,
  Failure,
  type HostPort,
  hostPort,
  http2UpstreamUrl,
  namedPattern,
  namedUrl,
  palette,
  readInput,
  UsageError,
} from "@wasm-header-filter/cli";
import { type LogThreshold, type StatsTag, traceText } from "proxy-wasm-host";
import { drainOnSignal } from "../drain-on-signal.ts";
import type { Host } from "../host.ts";
import type { HostOptions } from "../host-options.ts";
import type { TlsOptions } from "../net/dialer.ts";
import { startOrExplain } from "../net/start-or-explain.ts";
import type { HeaderRoute } from "../proxy/router/route.ts";
import { headerRoute } from "./header-route.ts";
import { logLevel, logLine } from "./log.ts";
import { collect, type RecordLimit, recordLimit, redactRule } from "./record-options.ts";

type Command = ReturnType<typeof command>;

/** The options of every command that runs a proxy, as commander reads them. */
export interface ProxyCommandOptions {
  readonly listen?: HostPort;
  readonly admin?: HostPort;
  readonly adminHost?: readonly string[];
  readonly upstream: URL;
  readonly cluster?: Readonly<Record<string, URL>>;
  readonly route?: readonly HeaderRoute[];
  readonly upstreamCa?: string;
  readonly upstreamSni?: string;
  readonly upstreamInsecure?: boolean;
  readonly tcp?: boolean;
  readonly memoryLimit?: number;
  readonly callbackTimeout?: number;
  readonly workers?: number;
  readonly logLevel?: LogThreshold;
  readonly drainTime?: number;
  readonly statsTag?: readonly StatsTag[];
  readonly trace?: boolean;
  readonly record?: boolean;
  readonly recordLimit?: RecordLimit;
  readonly redact?: readonly string[];
}

/** The lab's addresses. */
const LISTEN: HostPort = { host: "127.0.0.1", port: 8000 };
const ADMIN: HostPort = { host: "127.0.0.1", port: 15000 };

/** Adds the options of every command that runs a proxy. */
export function addProxyOptions(command: Command): Command {
  return command
    .requiredOption(
      "--upstream <url>",
      "the upstream: http://HOST:PORT, https://HOST:PORT, or h2c://HOST:PORT for HTTP/2 without TLS",
      http2UpstreamUrl,
    )
    .option("--listen <host:port>", "where the proxy listens (default: 127.0.0.1:8000)", hostPort)
    .option("--admin <host:port>", "where the page and the statistics are (default: 127.0.0.1:15000)", hostPort)
    .option("--admin-host <name>", "a host name by which scrapers may ask for the statistics", collect)
    .option("--upstream-ca <file>", "trust these certificates (PEM) of https:// upstreams and clusters, not Node's own")
    .option("--upstream-sni <name>", "the name that the upstream's certificate must have (default: its host)")
    .option("--upstream-insecure", "accept any certificate of https:// upstreams and clusters")
    .option("--cluster <name=url>", "a service that the module may call; give it once for each", namedUrl)
    .option(
      "--route <header:value=cluster>",
      "where requests with this header go instead; give it once for each, the first that fits is taken",
      headerRoute,
    )
    .option("--tcp", "filter TCP connections to the upstream's host and port, whatever their protocol")
    .option("--memory-limit <size>", "the limit of a VM's memory (default: 1GiB, as in Envoy)", byteSize)
    .option("--callback-timeout <ms>", "abort a callback that uses more CPU time, as a trap (default: no limit)", count)
    .option("--workers <n>", "workers that serve, each a thread with its own VMs (default: 1)", count)
    .option(
      "--log-level <level>",
      "the lowest level that is logged, which modules are told: trace, debug, info, warn, error, critical, off (default: info)",
      logLevel,
    )
    .option(
      "--drain-time <seconds>",
      "how long requests in flight may take after SIGTERM or Ctrl-C (default: 10); a second signal ends at once",
      duration,
    )
    .option(
      "--stats-tag <name=regex>",
      "a label of metrics, as Envoy's stats_tags; give it once for each",
      namedPattern,
    )
    .option("--no-record", "do not record requests, and show no page")
    .option("--record-limit <limit>", "how much is recorded: REQUESTS[,MEBIBYTES] (default: 1000,32)", recordLimit)
    .option(
      "--redact <what>",
      "what is masked beside authorization and cookies: HEADER, query:NAME or config:PATH; repeat it",
      redactRule,
    )
    .option("--trace", "print every call between host and module");
}

/**
 * The options of a host that logs on stderr.
 *
 * @throws UsageError if a route names no cluster
 */
export function hostOptions(options: ProxyCommandOptions): Omit<HostOptions, "plugins"> {
  const {
    listen = LISTEN,
    admin = ADMIN,
    adminHost: adminHosts,
    upstream,
    cluster = {},
    route: routes = [],
    tcp,
    memoryLimit,
    callbackTimeout,
    workers,
    statsTag: statsTags,
    trace,
    logLevel,
  } = options;
  const { record, recordLimit, redact = [] } = options;
  const unknown = routes.find((route) => !cluster[route.cluster]);
  if (unknown) throw new UsageError(`--route: there is no cluster ${unknown.cluster}; name it with --cluster`);
  return {
    upstream,
    listen,
    admin,
    adminHosts,
    tcp,
    tls: tlsOptions(options),
    memoryLimit,
    callbackTimeout,
    workers,
    statsTags,
    log: logLine,
    logLevel,
    record: record !== false && { ...recordLimit },
    redact,
    clusters: cluster,
    routes,
    ...(trace && { trace: traceText((line) => console.error(line)) }),
  };
}

/**
 * How the upstream and clusters are reached over TLS.
 *
 * @throws Failure if the file of certificates cannot be read or holds none
 */
function tlsOptions({ upstreamCa: file, upstreamSni, upstreamInsecure }: ProxyCommandOptions): TlsOptions {
  const ca = file && readInput(file, "--upstream-ca").toString();
  if (ca !== undefined && !holdsCertificate(ca)) {
    throw new Failure(`--upstream-ca ${file}: no certificate in PEM form, expected -----BEGIN CERTIFICATE-----`);
  }
  return { ca, serverName: upstreamSni, insecure: upstreamInsecure };
}

function holdsCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).subject !== undefined;
  } catch {
    return false;
  }
}

/**
 * Runs a proxy until the process gets SIGINT or SIGTERM, and its requests in flight have ended.
 *
 * @param start starts the host
 * @param running called once the host listens
 * @throws Failure if it cannot listen
 */
export async function runProxy(
  { upstream, drainTime }: ProxyCommandOptions,
  start: () => Promise<Host>,
  running: (host: Host) => void = () => {},
): Promise<void> {
  const host = await startOrExplain(start);
  const { bold } = palette(process.stderr);
  const admin = host.adminUrl?.href ?? "";
  console.error(`proxy ${bold(host.url.href)} -> ${upstream.href}, admin ${bold(admin)}, Ctrl-C stops it`);
  running(host);
  await drainOnSignal(host, drainTime);
  await host.close();
}
