import {
  Action,
  BufferType,
  decodeUtf8,
  defineFilter,
  type Header,
  LogLevel,
  MapType,
  MetricType,
  respond,
  statusName,
} from "@wasm-header-filter/filter-js/guest";

interface Plugin {
  cluster: string;
  timeout: number;
  /** How the paths begin that anybody may ask for. */
  open: string | undefined;
  denied: number;
  failed: number;
}

/** The same as `ext-authz`, with `await`. */
export default defineFilter<Plugin>((host) => {
  const path = host.internName(":path");
  const authorization = host.internName("authorization");
  const user = host.internName("x-user");

  function counter(name: string): number {
    const defined = host.defineMetric(MetricType.Counter, name);
    if (defined.value === undefined) throw new Error(`${name}: ${statusName(defined.status)}`);
    return defined.value;
  }

  /** Holds the request until the service has answered. */
  async function ask({ cluster, timeout, denied, failed }: Plugin, asked: string): Promise<void> {
    const token = host.getHeader(MapType.RequestHeaders, authorization).value;
    const answer = await host.httpCall(cluster, {
      method: "GET",
      path: asked,
      authority: cluster,
      headers: token === undefined ? [] : ([["authorization", token]] satisfies Header[]),
      timeout,
    });
    if (answer.failure !== undefined) host.log(LogLevel.Error, `ext-authz: ${cluster}: ${answer.failure}`);
    const status = answer.failure === undefined ? answer.status : 503;
    if (answer.failure === undefined && status === 200) {
      // The client's own header must not be trusted.
      const known = answer.headers.find(([name]) => name === "x-user");
      host.replaceHeader(MapType.RequestHeaders, user, known?.[1] ?? "");
    } else if (status >= 200 && status < 500) {
      host.incrementMetric(denied, 1);
      respond(host, { status, details: "ext_authz_denied" });
    } else {
      host.incrementMetric(failed, 1);
      respond(host, { status: 503, details: "ext_authz_failed" });
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

    // Not async itself: a request that waits for nothing needs no promise.
    onRequestHeaders(plugin) {
      const asked = host.getHeader(MapType.RequestHeaders, path).value ?? "/";
      if (plugin.open !== undefined && asked.startsWith(plugin.open)) return Action.Continue;
      return ask(plugin, asked);
    },
  };
});
