import {
  Action,
  BufferType,
  CallMap,
  continueStream,
  decodeUtf8,
  defineFilter,
  type Header,
  httpCall,
  LogLevel,
  MapType,
  MetricType,
  respond,
  Status,
  StreamType,
  statusName,
} from "@wasm-header-filter/filter-js/guest";

const TIMEOUT = 1000;

interface Plugin {
  cluster: string;
  denied: number;
  failed: number;
}

/** Asks a service about each request, which waits for the answer: 200 lets it pass, another answer is sent to the client, none is 503. */
export default defineFilter<Plugin>((host) => {
  const path = host.internName(":path");
  const authorization = host.internName("authorization");
  const status = host.internName(":status");
  const user = host.internName("x-user");

  function counter(name: string): number {
    const defined = host.defineMetric(MetricType.Counter, name);
    if (defined.value === undefined) throw new Error(`${name}: ${statusName(defined.status)}`);
    return defined.value;
  }

  function fail(plugin: Plugin): Action {
    host.incrementMetric(plugin.failed, 1);
    respond(host, { status: 503, details: "ext_authz_failed" });
    return Action.Pause;
  }

  function decide(plugin: Plugin, headers: number): void {
    const code = headers > 0 ? Number(host.getHeader(CallMap.HttpCallResponseHeaders, status).value) : 0;
    if (code === 200) {
      // The client's own header must not be trusted.
      const known = host.getHeader(CallMap.HttpCallResponseHeaders, user).value;
      host.replaceHeader(MapType.RequestHeaders, user, known ?? "");
      continueStream(host, StreamType.Request);
    } else if (code >= 200 && code < 500) {
      host.incrementMetric(plugin.denied, 1);
      respond(host, { status: code, details: "ext_authz_denied" });
    } else {
      fail(plugin);
    }
  }

  return {
    onConfigure(size) {
      const name = size > 0 ? host.getBuffer(BufferType.PluginConfiguration, 0, size).value : undefined;
      const cluster = name && decodeUtf8(name);
      if (cluster) return { cluster, denied: counter("ext_authz_denied"), failed: counter("ext_authz_failed") };
      host.log(LogLevel.Error, "ext-authz: configuration refused: expected the name of a cluster");
      return undefined;
    },

    onRequestHeaders(plugin) {
      const token = host.getHeader(MapType.RequestHeaders, authorization).value;
      const request = {
        method: "GET",
        path: host.getHeader(MapType.RequestHeaders, path).value ?? "/",
        authority: plugin.cluster,
        headers: token === undefined ? [] : ([["authorization", token]] satisfies Header[]),
        timeout: TIMEOUT,
      };
      const call = httpCall(host, plugin.cluster, request, (headers) => decide(plugin, headers));
      if (call.status === Status.Ok) return Action.Pause;
      host.log(LogLevel.Error, `ext-authz: ${plugin.cluster}: ${statusName(call.status)}`);
      return fail(plugin);
    },
  };
});
