import {
  Action,
  BufferType,
  decodeUtf8,
  defineFilter,
  LogLevel,
  MapType,
  MetricType,
  Status,
} from "@wasm-header-filter/filter-js/guest";

/** Answers 403 to requests without a certain header, and counts them. The plugin's configuration is the header's name. */
export default defineFilter((host) => ({
  onConfigure(size) {
    const { value: bytes } = host.getBuffer(BufferType.PluginConfiguration, 0, size);
    const name = bytes && decodeUtf8(bytes)?.trim().toLowerCase();
    if (!name) {
      host.log(LogLevel.Error, "require-header: expected a header's name as the configuration");
      return undefined;
    }
    const { value: refused } = host.defineMetric(MetricType.Counter, "requests_refused");
    if (refused === undefined) return undefined;
    return { name: host.internName(name), body: `this needs the header ${name}\n`, refused };
  },

  onRequestHeaders({ name, body, refused }) {
    if (host.hasHeader(MapType.RequestHeaders, name) === Status.Ok) return Action.Continue;
    host.incrementMetric(refused, 1);
    host.sendLocalResponse(403, [["content-type", "text/plain"]], body);
    return Action.Pause;
  },
}));
