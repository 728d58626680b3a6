import {
  Action,
  BufferType,
  CallBuffer,
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

/** The headers of a denial that the client gets. */
const PASSED_ON = new Set(["content-type", "location", "set-cookie", "www-authenticate"]);

interface Plugin {
  cluster: string;
  timeout: number;
  /** How the paths begin that anybody may ask for. */
  open: string | undefined;
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

  /** Answers the client as the service has answered. */
  function deny(plugin: Plugin, status: number, size: number): void {
    host.incrementMetric(plugin.denied, 1);
    const all = host.getHeaders(CallMap.HttpCallResponseHeaders).value ?? [];
    const body = size > 0 ? host.getBuffer(CallBuffer.HttpCallResponseBody, 0, size).value : undefined;
    const headers = all.filter(([name]) => PASSED_ON.has(name));
    respond(host, { status, headers, ...(body && { body }), details: "ext_authz_denied" });
  }

  function decide(plugin: Plugin, headers: number, size: number): void {
    const code = headers > 0 ? Number(host.getHeader(CallMap.HttpCallResponseHeaders, status).value) : 0;
    if (code === 200) {
      // The client's own header must not be trusted.
      const known = host.getHeader(CallMap.HttpCallResponseHeaders, user).value;
      host.replaceHeader(MapType.RequestHeaders, user, known ?? "");
      continueStream(host, StreamType.Request);
    } else if (code >= 200 && code < 500) {
      deny(plugin, code, size);
    } else {
      fail(plugin);
    }
  }

  return {
    onConfigure(size) {
      const text = size > 0 ? host.getBuffer(BufferType.PluginConfiguration, 0, size).value : undefined;
      const [cluster, timeout = "1000", open] = (text && decodeUtf8(text))?.split(" ") ?? [];
      if (!cluster || !(Number(timeout) > 0)) {
        host.log(LogLevel.Error, "ext-authz: configuration refused: expected the name of a cluster");
        return undefined;
      }
      return {
        cluster,
        timeout: Number(timeout),
        open,
        denied: counter("ext_authz_denied"),
        failed: counter("ext_authz_failed"),
      };
    },

    onRequestHeaders(plugin) {
      const asked = host.getHeader(MapType.RequestHeaders, path).value ?? "/";
      if (plugin.open !== undefined && asked.startsWith(plugin.open)) return Action.Continue;
      const token = host.getHeader(MapType.RequestHeaders, authorization).value;
      const request = {
        method: "GET",
        path: asked,
        authority: plugin.cluster,
        headers: token === undefined ? [] : ([["authorization", token]] satisfies Header[]),
        timeout: plugin.timeout,
      };
      const call = httpCall(host, plugin.cluster, request, (headers, size) => decide(plugin, headers, size));
      if (call.status === Status.Ok) return Action.Pause;
      host.log(LogLevel.Error, `ext-authz: ${plugin.cluster}: ${statusName(call.status)}`);
      return fail(plugin);
    },
  };
});
