import {
  Action,
  BufferType,
  decodeUtf8,
  defineFilter,
  getSharedData,
  type Header,
  LogLevel,
  MapType,
  MetricType,
  type Name,
  respond,
  Status,
  setSharedData,
  statusName,
} from "@wasm-header-filter/filter-js/guest";

interface Plugin {
  /** How many requests pass in a window. */
  readonly requests: number;
  /** The length of a window in milliseconds. */
  readonly window: number;
  /** The header whose values have a limit each; undefined: one limit for all. */
  readonly by: Name | undefined;
  readonly limited: number;
}

interface Stream {
  readonly plugin: Plugin;
  /** What the client is told. */
  told: readonly Header[];
}

/** What is left of a window's requests, or -1 if none was, and when it ends. */
interface Taken {
  readonly left: number;
  readonly end: number;
}

/** Lets so many requests pass in each window of time, all workers together; others get 429. */
export default defineFilter<Plugin, Stream>((host) => {
  const names = ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"].map(host.internName);

  function read(size: number): Plugin {
    const bytes = size > 0 ? host.getBuffer(BufferType.PluginConfiguration, 0, size).value : undefined;
    const { requests, window = 1000, by } = JSON.parse((bytes && decodeUtf8(bytes)) ?? "{}");
    if (!Number.isInteger(requests) || requests < 0) throw new Error("requests: expected a number, such as 100");
    if (!Number.isInteger(window) || window <= 0) throw new Error("window: expected milliseconds");
    if (by !== undefined && !/^[\w-]+$/.test(by)) throw new Error("by: expected a header's name");
    const limited = host.defineMetric(MetricType.Counter, "rate_limited");
    if (limited.value === undefined) throw new Error(`rate_limited: ${statusName(limited.status)}`);
    return { requests, window, by: by && host.internName(by.toLowerCase()), limited: limited.value };
  }

  /** Uses up one of the window's requests, if there is one. A key has the number of its last window, and what is left of it. */
  function take({ requests, window }: Plugin, key: string): Taken {
    const now = Math.floor(Date.now() / window);
    const end = (now + 1) * window;
    for (;;) {
      const { value } = getSharedData(host, key);
      const [last, rest] = (value && decodeUtf8(value.bytes)?.split(" ").map(Number)) ?? [];
      const left = last === now && rest !== undefined ? rest : requests;
      if (left === 0) return { left: -1, end };
      // Another worker may have written first: then read again. A number of 0 would write in any case.
      const status = setSharedData(host, key, `${now} ${left - 1}`, value?.cas);
      if (status !== Status.CasMismatch) return { left: left - 1, end };
    }
  }

  return {
    onConfigure(size) {
      try {
        return read(size);
      } catch (error) {
        host.log(LogLevel.Error, `rate-limit: configuration refused: ${(error as Error).message}`);
        return undefined;
      }
    },

    onStream: (plugin) => ({ plugin, told: [] }),

    onRequestHeaders(stream) {
      const { by, requests, limited } = stream.plugin;
      const who = by ? (host.getHeader(MapType.RequestHeaders, by).value ?? "") : "";
      const { left, end } = take(stream.plugin, `rate-limit ${who}`);
      const seconds = String(Math.ceil((end - Date.now()) / 1000));
      stream.told = [
        ["ratelimit-limit", String(requests)],
        ["ratelimit-remaining", String(Math.max(left, 0))],
        ["ratelimit-reset", seconds],
      ];
      if (left >= 0) return Action.Continue;
      host.incrementMetric(limited, 1);
      respond(host, {
        status: 429,
        headers: [["retry-after", seconds]],
        body: "too many requests\n",
        details: "rate_limited",
      });
      return Action.Pause;
    },

    onResponseHeaders({ told }) {
      for (const [at, [, value]] of told.entries()) {
        host.replaceHeader(MapType.ResponseHeaders, names[at] as Name, value);
      }
      return Action.Continue;
    },
  };
});
