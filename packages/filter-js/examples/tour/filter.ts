import {
  Action,
  BufferType,
  decodeUtf8,
  defineFilter,
  LogLevel,
  MapType,
  MetricType,
  statusName,
} from "@wasm-header-filter/filter-js/guest";

interface Metrics {
  trailers: number;
  requests: number;
  largest: number;
  sizes: number;
}

interface Visit {
  metrics: Metrics;
  path: string;
  method: string;
}

/** Calls each function of the guest API and defines each callback, so that the request and the response show whether they work. */
export default defineFilter<Metrics, Visit>((host) => {
  const names = {
    path: host.internName(":path"),
    contentLength: host.internName("content-length"),
    removed: host.internName("x-removed"),
    replaced: host.internName("x-replaced"),
    added: host.internName("x-added"),
    seen: host.internName("x-seen"),
    status: host.internName(":status"),
  };
  const fixed = host.internHeaders([
    ["x-fixed", "é"],
    ["x-fixed", ""],
  ]);

  function define(type: MetricType, name: string): number {
    const { status, value } = host.defineMetric(type, name);
    if (value === undefined) throw new Error(`${name}: ${statusName(status)}`);
    return value;
  }

  /** Upper case, byte by byte. */
  function shout(buffer: BufferType, size: number): void {
    const { value } = host.getBuffer(buffer, 0, size);
    if (value === undefined || size === 0) return;
    host.setBuffer(
      buffer,
      0,
      size,
      value.map((byte) => (byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte)),
    );
  }

  function countTrailers(metric: number, count: number): Action {
    host.incrementMetric(metric, count);
    return Action.Continue;
  }

  return {
    onConfigure() {
      return {
        trailers: define(MetricType.Counter, "tour_trailers"),
        requests: define(MetricType.Counter, "tour_requests"),
        largest: define(MetricType.Gauge, "tour_largest"),
        sizes: define(MetricType.Histogram, "tour_sizes"),
      };
    },

    onStream: (metrics) => ({ metrics, path: "", method: "" }),

    onRequestHeaders(stream) {
      const { RequestHeaders } = MapType;
      const headers = host.getHeaders(RequestHeaders).value ?? [];
      stream.path = host.getHeader(RequestHeaders, names.path).value ?? "?";
      const method = host.getProperty(["request", "method"]).value;
      if (method) stream.method = decodeUtf8(method) ?? "?";
      host.removeHeader(RequestHeaders, names.removed);
      host.replaceHeader(RequestHeaders, names.replaced, "by the script");
      host.addHeader(RequestHeaders, names.added, "once");
      host.addHeader(RequestHeaders, names.seen, headers.filter(([name]) => name.startsWith("x-re")).join(" "));
      host.incrementMetric(stream.metrics.requests, 2);
      return Action.Continue;
    },

    onRequestBody(stream, size) {
      const { largest, sizes } = stream.metrics;
      if (size > (host.getMetric(largest).value ?? 0)) host.recordMetric(largest, size);
      host.recordMetric(sizes, size);
      shout(BufferType.RequestBody, size);
      return Action.Continue;
    },

    onRequestTrailers: ({ metrics }, count) => countTrailers(metrics.trailers, count),

    onResponseHeaders(stream) {
      const { status: absent } = host.getProperty(["request", "nonsense"]);
      host.addHeaders(MapType.ResponseHeaders, fixed);
      host.addHeader(MapType.ResponseHeaders, names.seen, `${stream.method} ${stream.path} ${statusName(absent)}`);
      host.removeHeader(MapType.ResponseHeaders, names.contentLength);
      return Action.Continue;
    },

    onResponseBody(_stream, size) {
      shout(BufferType.ResponseBody, size);
      return Action.Continue;
    },

    onResponseTrailers: ({ metrics }, count) => countTrailers(metrics.trailers, count),

    onLog(stream) {
      const { value: status } = host.getHeader(MapType.ResponseHeaders, names.status);
      host.log(LogLevel.Info, `${stream.path}: ${status}`);
    },
  };
});
