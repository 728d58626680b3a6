import {
  Action,
  BufferType,
  decodeUtf8,
  defineFilter,
  getSharedData,
  LogLevel,
  MetricType,
  respond,
  Status,
  setSharedData,
  setTickPeriod,
} from "@wasm-header-filter/filter-js/guest";

const KEY = "rate-limit.left";

interface Plugin {
  requests: number;
  limited: number;
  retryAfter: string;
}

/** Lets so many requests pass in a period, all workers together; others get 429. */
export default defineFilter<Plugin>((host) => {
  /** Starts a new period. The VM of each worker has its own timer, and all write the same value. */
  function refill(plugin: Plugin): void {
    setSharedData(host, KEY, String(plugin.requests));
  }

  /** Uses up one of the remaining requests, if there is one. */
  function take(): boolean {
    for (;;) {
      const { value } = getSharedData(host, KEY);
      const left = value ? Number(decodeUtf8(value.bytes)) : 0;
      if (!value || left === 0) return !value;
      // Another worker may have written first: then read again.
      if (setSharedData(host, KEY, String(left - 1), value.cas) !== Status.CasMismatch) return true;
    }
  }

  return {
    onConfigure(size) {
      const bytes = size > 0 ? host.getBuffer(BufferType.PluginConfiguration, 0, size).value : undefined;
      const [, requests = "", period = ""] = /^(\d+) (\d+)$/.exec((bytes && decodeUtf8(bytes)) ?? "") ?? [];
      const { value: limited } = host.defineMetric(MetricType.Counter, "rate_limited");
      if (limited === undefined || Number(period) === 0 || setTickPeriod(host, Number(period)) !== Status.Ok) {
        host.log(LogLevel.Error, "rate-limit: configuration refused: expected REQUESTS MILLISECONDS, such as 100 1000");
        return undefined;
      }
      const plugin = { requests: Number(requests), limited, retryAfter: String(Math.ceil(Number(period) / 1000)) };
      refill(plugin);
      return plugin;
    },

    onTick: refill,

    onRequestHeaders(plugin) {
      if (take()) return Action.Continue;
      host.incrementMetric(plugin.limited, 1);
      respond(host, {
        status: 429,
        headers: [["retry-after", plugin.retryAfter]],
        body: "too many requests\n",
        details: "rate_limited",
      });
      return Action.Pause;
    },
  };
});
