import {
  Action,
  BufferType,
  CallBuffer,
  continueStream,
  decodeUtf8,
  defineFilter,
  grpcCall,
  type Header,
  LogLevel,
  MapType,
  MetricType,
  respond,
  Status,
  StreamType,
  setHeaders,
  statusName,
} from "@wasm-header-filter/filter-js/guest";
import { checkRequest, type HeaderOption, readCheckResponse } from "./check.ts";

const SERVICE = { service: "envoy.service.auth.v3.Authorization", method: "Check" };

interface Plugin {
  readonly cluster: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** The request headers that the service is told; undefined: all. */
  readonly headers: ReadonlySet<string> | undefined;
  /** What the service is told besides. */
  readonly context: readonly Header[];
  readonly denied: number;
  readonly failed: number;
}

/** One line for each name. */
function merged(lines: readonly Header[]): Header[] {
  const values = new Map<string, string>();
  for (const [name, value] of lines) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return [...values];
}

/** Asks an authorization service about each request over gRPC, as Envoy's filter ext_authz does. */
export default defineFilter<Plugin>((host) => {
  function counter(name: string): number {
    const defined = host.defineMetric(MetricType.Counter, name);
    if (defined.value === undefined) throw new Error(`${name}: ${statusName(defined.status)}`);
    return defined.value;
  }

  function read(size: number): Plugin {
    const bytes = size > 0 ? host.getBuffer(BufferType.PluginConfiguration, 0, size).value : undefined;
    const { cluster, timeout = 200, headers, context = {} } = JSON.parse((bytes && decodeUtf8(bytes)) ?? "{}");
    if (typeof cluster !== "string" || cluster === "") throw new Error("cluster: expected the name of a cluster");
    if (!Number.isInteger(timeout) || timeout <= 0) throw new Error("timeout: expected milliseconds");
    if (headers !== undefined && !Array.isArray(headers)) throw new Error("headers: expected a list of names");
    return {
      cluster,
      timeout,
      headers: headers && new Set(headers.map((name: string) => name.toLowerCase())),
      context: Object.entries(context).map(([name, value]) => [name, String(value)]),
      denied: counter("grpc_ext_authz_denied"),
      failed: counter("grpc_ext_authz_failed"),
    };
  }

  /** The text of a property. */
  function property(...path: string[]): string {
    const { value } = host.getProperty(path);
    return (value && decodeUtf8(value)) ?? "";
  }

  function question({ headers, context }: Plugin): Uint8Array {
    const pairs = host.getHeaders(MapType.RequestHeaders).value ?? [];
    const pseudo = new Map(pairs.filter(([name]) => name.startsWith(":")));
    return checkRequest({
      method: pseudo.get(":method") ?? "",
      path: pseudo.get(":path") ?? "",
      host: pseudo.get(":authority") ?? "",
      scheme: pseudo.get(":scheme") ?? "",
      protocol: property("request", "protocol"),
      headers: merged(pairs.filter(([name]) => !name.startsWith(":") && (!headers || headers.has(name)))),
      source: property("source", "address"),
      context,
    });
  }

  /** Changes the request's headers, all at once: their names are not known before. */
  function change(options: readonly HeaderOption[], removed: readonly string[]): void {
    if (options.length === 0 && removed.length === 0) return;
    const gone = new Set([...removed, ...options.filter(({ append }) => !append).map(({ name }) => name)]);
    const kept = (host.getHeaders(MapType.RequestHeaders).value ?? []).filter(([name]) => !gone.has(name));
    setHeaders(host, MapType.RequestHeaders, [...kept, ...options.map(({ name, value }): Header => [name, value])]);
  }

  function fail(plugin: Plugin, why: string): Action {
    host.log(LogLevel.Warn, `grpc-ext-authz: ${plugin.cluster}: ${why}`);
    host.incrementMetric(plugin.failed, 1);
    respond(host, { status: 503, details: "grpc_ext_authz_failed" });
    return Action.Pause;
  }

  function decide(plugin: Plugin, size: number): void {
    const bytes = host.getBuffer(CallBuffer.GrpcReceive, 0, size).value ?? new Uint8Array(0);
    try {
      const verdict = readCheckResponse(bytes);
      if (verdict.allowed) {
        change(verdict.headers, verdict.removed);
        continueStream(host, StreamType.Request);
        return;
      }
      host.incrementMetric(plugin.denied, 1);
      const headers = verdict.headers.map(({ name, value }): Header => [name, value]);
      respond(host, { status: verdict.status, headers, body: verdict.body, details: "grpc_ext_authz_denied" });
    } catch (error) {
      fail(plugin, (error as Error).message);
    }
  }

  return {
    onConfigure(size) {
      try {
        return read(size);
      } catch (error) {
        host.log(LogLevel.Error, `grpc-ext-authz: configuration refused: ${(error as Error).message}`);
        return undefined;
      }
    },

    onRequestHeaders(plugin) {
      const call = grpcCall(host, { ...SERVICE, upstream: plugin.cluster }, question(plugin), plugin.timeout, {
        onMessage: (size) => decide(plugin, size),
        onClose: (status) => fail(plugin, `gRPC status ${status}`),
      });
      return call.status === Status.Ok ? Action.Pause : fail(plugin, statusName(call.status));
    },
  };
});
