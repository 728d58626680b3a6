import {
  Action,
  BufferType,
  decodeUtf8,
  defineFilter,
  dequeue,
  enqueue,
  LogLevel,
  MapType,
  registerQueue,
  resolveQueue,
  Status,
  statusName,
} from "@wasm-header-filter/filter-js/guest";

const QUEUE = "paths";

interface Plugin {
  /** The VM id of the collector; undefined for the collector itself. */
  sendTo?: string;
  /** The queue's number; 0 until it is found. */
  queue: number;
}

/** One VM collects the paths of requests that pass through others. The configuration: `collect`, or `send to VM` with its VM id. */
export default defineFilter<Plugin>((host) => {
  const path = host.internName(":path");

  return {
    onConfigure(size) {
      const bytes = size > 0 ? host.getBuffer(BufferType.PluginConfiguration, 0, size).value : undefined;
      const text = (bytes && decodeUtf8(bytes)) ?? "";
      if (text === "collect") return { queue: registerQueue(host, QUEUE).value ?? 0 };
      if (text.startsWith("send to ")) return { sendTo: text.slice("send to ".length), queue: 0 };
      host.log(LogLevel.Error, "queues: configuration refused: expected `collect`, or `send to VM`");
      return undefined;
    },

    onRequestHeaders(plugin) {
      if (plugin.sendTo === undefined) return Action.Continue;
      // The collector may start later than this filter.
      if (plugin.queue === 0) plugin.queue = resolveQueue(host, plugin.sendTo, QUEUE).value ?? 0;
      const status = enqueue(host, plugin.queue, host.getHeader(MapType.RequestHeaders, path).value ?? "");
      if (status !== Status.Ok) host.log(LogLevel.Warn, `queues: ${statusName(status)}`);
      return Action.Continue;
    },

    // One call may stand for several items, and another one may find none.
    onQueueReady(_plugin, queue) {
      for (;;) {
        const { value } = dequeue(host, queue);
        if (value === undefined) return;
        host.log(LogLevel.Info, `collected ${decodeUtf8(value)}`);
      }
    },
  };
});
